"""Ask a person for files and folders with the system's dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from kitsdesk.project.workspace import PROJECT_SUFFIX

IMAGES = "CT (*.nii *.nii.gz *.nrrd *.mha);;All files (*)"


def ask_folder(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> None:
    """Ask for a folder that exists."""
    folder = QFileDialog.getExistingDirectory(parent, title)
    if folder:
        chosen(Path(folder))


def ask_case(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    """Ask for one CT file."""
    file, _kind = QFileDialog.getOpenFileName(parent, "Open a case", "", IMAGES)
    if file:
        chosen(Path(file))


def ask_new_project(parent: QWidget, chosen: Callable[[Path, Path], object]) -> None:
    """Ask for the data set, then for the project's name; gives (source, project folder)."""
    source = QFileDialog.getExistingDirectory(parent, "New project: choose the data set")
    if not source:
        return
    suggestion = str(Path(source).parent / f"{Path(source).name}{PROJECT_SUFFIX}")
    name, _kind = QFileDialog.getSaveFileName(
        parent,
        "New project: name it",
        suggestion,
        f"Projects (*{PROJECT_SUFFIX})",
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    if name:
        folder = Path(name)
        if folder.suffix != PROJECT_SUFFIX:
            folder = folder.with_name(folder.name + PROJECT_SUFFIX)
        chosen(Path(source), folder)
