"""A case opened alone lives in a scratch project, with journal and recovery as usual."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kitsdesk import paths
from kitsdesk.project.case_sources import CaseSource, discover
from kitsdesk.project.store import STORE_NAME
from kitsdesk.project.workspace import PROJECT_SUFFIX, Workspace

_FOLDER = "scratch"


def open_scratch(path: Path, author: str = "") -> Workspace:
    """Open the scratch project of the case at `path`, made where there is none yet.

    One source always has the same project, so that unsaved strokes come back.

    Raises
    ------
    NoCasesFound : `path` holds no case.
    """
    sources = discover(path)
    folder = scratch_folder(sources)
    if (folder / STORE_NAME).is_file():
        return Workspace.open(folder, author=author)
    return Workspace.create(folder, sources, author=author)


def scratch_folder(sources: list[CaseSource]) -> Path:
    """Return where the scratch project of these sources lies."""
    images = "\n".join(str(source.image) for source in sources)
    mark = hashlib.sha256(images.encode()).hexdigest()[:12]
    return paths.data_dir() / _FOLDER / f"{sources[0].case}-{mark}{PROJECT_SUFFIX}"


def is_scratch(workspace: Workspace) -> bool:
    """Return whether a project is one that the program made for a case opened alone."""
    return workspace.folder.parent == (paths.data_dir() / _FOLDER).absolute()
