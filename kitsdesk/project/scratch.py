"""A case opened alone lives in a scratch project, with journal and recovery as usual."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kitsdesk import paths
from kitsdesk.project.case_source import CaseSource
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.store import STORE_NAME
from kitsdesk.project.workspace import PROJECT_SUFFIX, Workspace
from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json

_FOLDER = "scratch"
_MOVED = ".moved.json"


def open_scratch(sources: list[CaseSource], author: str = "") -> Workspace:
    """Open the scratch project of the cases that were found, made where there is none yet.

    One source always has the same project, so that unsaved strokes come back; one that was
    saved as a project goes on there.
    """
    folder = scratch_folder(sources)
    moved = _moved_to(folder)
    if moved is not None:
        return open_project(moved, author=author)
    if (folder / STORE_NAME).is_file():
        return open_project(folder, author=author)
    return Workspace.create(folder, sources, author=author)


def scratch_folder(sources: list[CaseSource]) -> Path:
    """Return where the scratch project of these sources lies, or would."""
    images = "\n".join(str(source.image) for source in sources)
    mark = hashlib.sha256(images.encode()).hexdigest()[:12]
    name = f"{sources[0].case}-{mark}{PROJECT_SUFFIX}"
    places = [folder / _FOLDER / name for folder in paths.data_dirs()]
    known = (place for place in places if place.exists() or _note(place).is_file())
    return next(known, places[0])


def is_scratch(workspace: Workspace) -> bool:
    """Return whether a project is one that the program made for a case opened alone."""
    places = {(folder / _FOLDER).absolute() for folder in paths.data_dirs()}
    return workspace.folder.parent in places


def note_moved(scratch: Path, project: Path) -> None:
    """Remember that the scratch project of a case became the project at `project`."""
    write_json(_note(scratch), {"project": str(project)})


def _moved_to(scratch: Path) -> Path | None:
    note = _note(scratch)
    if not note.is_file():
        return None
    try:
        project = Path(str(read_json(note)["project"]))
    except (DamagedFile, KeyError, TypeError):
        return None
    return project if (project / STORE_NAME).is_file() else None


def _note(scratch: Path) -> Path:
    return scratch.with_name(scratch.name + _MOVED)
