"""A scratch project becomes a project of its own: the whole folder goes to a new place."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from kitsdesk.project.workspace import PROJECT_SUFFIX, ProjectFolderProblem
from trainer.contract.errors import KitsDeskError
from trainer.imaging.hashing import file_hash
from trainer.imaging.safe_write import WriteFailed


def project_folder(path: Path) -> Path:
    """Return `path` with the extension of projects.

    Raises
    ------
    ProjectFolderProblem : it exists and is not an empty folder.
    """
    folder = path.absolute()
    if folder.suffix != PROJECT_SUFFIX:
        folder = folder.with_name(folder.name + PROJECT_SUFFIX)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectFolderProblem(
            f"{folder.name} exists and is not empty.",
            kept="It was not changed.",
            advice="Choose another name.",
        )
    return folder


def move_project(folder: Path, target: Path) -> Path:
    """Move a closed project with history, revisions and all to `target`; returns where it is.

    On the same disk it is one rename. Onto another disk every file is copied and compared
    before the old folder goes, so that a project is whole in one place at any moment.

    Raises
    ------
    ProjectFolderProblem : `target` exists and is not empty.
    WriteFailed : it could not be moved; the old folder is as it was.
    """
    target = project_folder(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rmdir()
        try:
            folder.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_across(folder, target)
    except (OSError, shutil.Error) as error:
        raise WriteFailed(
            f"{target.name} could not be written: {error}.",
            kept="The case, its history and its masks are where they were.",
            advice=f"Check the free space and the permissions of {target.parent}.",
        ) from error
    return target


def _copy_across(folder: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        shutil.copytree(folder, partial)
        for path in (path for path in folder.rglob("*") if path.is_file()):
            if file_hash(path) != file_hash(partial / path.relative_to(folder)):
                raise OSError(f"{path.name} differs after copying")
        partial.rename(target)
    except (OSError, shutil.Error, KitsDeskError):
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
