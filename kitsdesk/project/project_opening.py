"""Opens a project and puts right what a crash or a full disk left half-done."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from kitsdesk.project.interrupted_exports import settle_exports
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError

_ABANDONED_SECONDS = 24 * 3600.0


def open_project(folder: Path, author: str = "") -> Workspace:
    """Open a project; read-only where somebody else has it, else tidied.

    What was done is said in `notices`. Tidying that fails (a full disk) stops nothing: it is
    said, and done at the next opening.

    Raises
    ------
    ProjectFolderProblem : the folder is not a project. NewerProject, DamagedStore,
    BackupNotMade, StoreNotWritten : see `Store`.
    """
    workspace = Workspace.open(folder, author=author)
    if workspace.read_only:
        return workspace
    said: list[str] = []
    try:
        said = settle_exports(workspace)
    except (KitsDeskError, OSError) as error:
        said = [f"An interrupted export could not be put right: {error}"]
    sweep(workspace.folder)
    workspace.notices += tuple(said)
    return workspace


def sweep(project: Path) -> None:
    """Remove temporary files and folders of processes that were killed over a day ago; a run
    that outlived its window may be writing the younger ones."""
    for room in ("masks/*", "history", "models", "predictions/*", "predictions/*/*", "backups"):
        for left in project.glob(f"{room}/.*"):
            if left.name.endswith((".tmp", ".new")) or ".tmp." in left.name:
                with contextlib.suppress(OSError):
                    if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                        _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
