"""Ask a person for files and folders with the system's dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PyQt6.QtWidgets import QFileDialog, QWidget

from kitsdesk.controllers.views import PlaceKind
from kitsdesk.project.workspace import PROJECT_SUFFIX
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import safe_write

if TYPE_CHECKING:
    from kitsdesk.ui.main_window import MainWindow

PLACES: tuple[tuple[PlaceKind, str], ...] = (
    ("project", "Save as a project…"),
    ("file", "Save the mask as a file…"),
)
IMAGES = "CT (*.nii *.nii.gz *.nrrd *.mha *.dcm);;All files (*)"
MASKS = "Masks (*.nii.gz)"
SEGMENTATIONS = "DICOM segmentations (*.dcm)"
NAMED = "Put the patient's name, id, sex and dates into the segmentation? An archive files by them."
PATIENT = (("without", "Leave them out"), ("with", "Put them in"))


def ask_folder(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> None:
    """Ask for a folder that exists."""
    folder = QFileDialog.getExistingDirectory(parent, title)
    if folder:
        chosen(Path(folder))


def ask_case(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    """Ask for one CT file; a DICOM slice stands for its series."""
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


class ExportQuestions:
    """Where an exported mask goes: the system's dialog, then a strip."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask_mask_export(
        self, suggestion: Path, dicom: bool, chosen: Callable[[Path | None], None]
    ) -> None:
        """Ask for the file; the kind chosen in the dialog gives a missing extension."""
        kinds = f"{MASKS};;{SEGMENTATIONS}" if dicom else MASKS
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Export the mask", str(suggestion), kinds
        )
        path = Path(name) if name else None
        if path is not None and kind == SEGMENTATIONS and path.suffix.lower() != ".dcm":
            path = path.with_name(path.name.removesuffix(".nii.gz") + ".dcm")
        chosen(path)

    def ask_with_patient(self, answered: Callable[[bool], None]) -> None:
        """Ask in a strip whether a segmentation names the patient."""
        self._window.choose(NAMED, PATIENT, lambda key: answered(key == "with") if key else None)


class PlaceQuestions:
    """Where the mask of a case opened alone belongs: a strip, then the system's dialog."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask_place(self, question: str, answered: Callable[[PlaceKind], None]) -> None:
        """Offer a mask file or a project."""
        self._window.choose(question, PLACES, lambda key: answered(cast("PlaceKind", key)))

    def ask_mask_file(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Ask for the mask file."""
        name, _kind = QFileDialog.getSaveFileName(
            self._window, "Save the mask", str(suggestion), "Masks (*.nii.gz)"
        )
        chosen(Path(name) if name else None)

    def ask_project_folder(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Ask for the folder that the project is to be."""
        name, _kind = QFileDialog.getSaveFileName(
            self._window,
            "Save as a project",
            str(suggestion),
            f"Projects (*{PROJECT_SUFFIX})",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        chosen(Path(name) if name else None)
