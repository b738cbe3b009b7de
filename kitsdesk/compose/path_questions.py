"""Ask a person for files and folders with the system's dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from kitsdesk.project.workspace import PROJECT_SUFFIX
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import safe_write

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


def ask_table(parent: QWidget, table: str, tell: Callable[[str], object]) -> None:
    """Ask where a CSV table goes, write it, and tell where it is or why not."""
    name, _kind = QFileDialog.getSaveFileName(parent, "Export the table", "comparison.csv")
    if not name:
        return

    def write(target: Path) -> None:
        target.write_text(table, encoding="utf-8")

    try:
        safe_write(Path(name), write)
    except KitsDeskError as error:
        tell(str(error))
    else:
        tell(f"Written to {name}.")


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
