"""Questions without a window: answered as their attributes say, for the headless demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kitsdesk.controllers.views import PlaceKind
from kitsdesk.project.case_source import CaseSource


class SilentPlaces:
    """Answers where a case opened alone belongs as its attributes say: nowhere by default."""

    def __init__(self) -> None:
        self.kind: PlaceKind = ""
        self.path: Path | None = None
        self.asked: list[str] = []

    def ask_place(self, question: str, answered: Callable[[PlaceKind], None]) -> None:
        """Keep the question and answer it."""
        self.asked.append(question)
        answered(self.kind)

    def ask_mask_file(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Choose the file."""
        chosen(self.path)

    def ask_project_folder(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Choose the folder."""
        chosen(self.path)


class SilentSeries:
    """Takes every volume of a DICOM folder, as nobody is there to choose."""

    def __init__(self) -> None:
        self.offered: list[CaseSource] = []

    def ask_series(
        self, offered: Sequence[CaseSource], chosen: Callable[[list[CaseSource]], None]
    ) -> None:
        """Keep what was offered and take all of it."""
        self.offered = list(offered)
        chosen(self.offered)


class SilentExport:
    """Exports where `path` says, naming nobody."""

    def __init__(self) -> None:
        self.path: Path | None = None

    def ask_mask_export(
        self, suggestion: Path, dicom: bool, chosen: Callable[[Path | None], None]
    ) -> None:
        """Answer with the path set."""
        chosen(self.path)

    def ask_with_patient(self, answered: Callable[[bool], None]) -> None:
        """Leave name and id out."""
        answered(False)
