"""What the controllers ask of the views: Protocols, so that no controller knows a widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from kitsdesk.editing.strokes import BrushShape
from kitsdesk.project.case_source import CaseSource
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.retrain_facts import RetrainFacts
from kitsdesk.project.self_test_facts import SelfTestFacts
from kitsdesk.review.disagreement import Disagreement
from kitsdesk.review.model_comparison import ComparisonFacts
from kitsdesk.review.rows import CaseRow, ReviewFacts
from trainer.contract.errors import KitsDeskError
from trainer.imaging.volume import Volume

Box = tuple[int, int, int, int, int, int]
Millimetres = tuple[float, float, float]
OverlayKind = Literal["none", "votes", "entropy"]
PlaceKind = Literal["file", "project", ""]


class ShellView(Protocol):
    """The frame of the window: messages, problems, questions, what may be done now."""

    def show_problem(self, error: KitsDeskError) -> None:
        """Show what happened, what was kept and what to do, until dismissed."""

    def show_message(self, text: str) -> None:
        """Show a sentence that needs no answer for a few seconds."""

    def ask(self, question: str, yes: str, answered: Callable[[bool], None]) -> None:
        """Ask in a strip, not in a box; `answered` comes later."""

    def choose(
        self,
        question: str,
        options: Sequence[tuple[str, str]],
        answered: Callable[[str], None],
        *,
        no: str = "Cancel",
    ) -> None:
        """Ask for one of several (key, words), the last one first in rank; "" = `no`."""

    def withdraw(self) -> None:
        """Close a question that `choose` asked: what it was about is gone."""

    def set_project(self, name: str, model: str, folds: int, cases: int) -> None:
        """Show the open project ("" = none) and the models in use ("" = none)."""

    def set_saved(self, text: str, unsaved: bool) -> None:
        """Show in the status bar whether all edits are saved."""


class PlaceView(Protocol):
    """Asks where the mask of a case opened alone belongs; every answer comes later."""

    def ask_place(self, question: str, answered: Callable[[PlaceKind], None]) -> None:
        """Offer a mask file or a project; "" = neither now."""

    def ask_mask_file(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Ask for the mask file, None = cancelled."""

    def ask_project_folder(self, suggestion: Path, chosen: Callable[[Path | None], None]) -> None:
        """Ask for the folder that the project is to be, None = cancelled."""


class ExportView(Protocol):
    """Asks where a mask is exported to, and whether it may name the patient."""

    def ask_mask_export(
        self, suggestion: Path, dicom: bool, chosen: Callable[[Path | None], None]
    ) -> None:
        """Ask for the file; with `dicom` a segmentation is offered too. None for no answer."""

    def ask_with_patient(self, answered: Callable[[bool], None]) -> None:
        """Ask whether a segmentation carries name and id; no call for no answer."""


class SeriesView(Protocol):
    """Asks which volumes of DICOM folders become cases."""

    def ask_series(
        self, offered: Sequence[CaseSource], chosen: Callable[[list[CaseSource]], None]
    ) -> None:
        """Offer sources that have a `volume`; answers with those wanted, [] for none."""


class WelcomeView(Protocol):
    """The page of the first start."""

    def show_self_test(self, facts: SelfTestFacts) -> None:
        """Show how far the device self-test is, or what it found."""


class CaseListView(Protocol):
    """The case list."""

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Show the cases; the view sorts and filters."""

    def update_rows(self, rows: Sequence[CaseRow]) -> None:
        """Replace the rows of these cases."""

    def select(self, case: str) -> None:
        """Mark the open case."""

    def visible_cases(self) -> list[str]:
        """Return the ids in the order shown."""

    def selected_cases(self) -> list[str]:
        """Return the ids that decisions for several cases apply to."""


class CanvasView(Protocol):
    """The four linked views."""

    def swap_case(
        self,
        volume: Volume,
        name: str,
        mask: NDArray[Any],
        prediction: NDArray[Any] | None,
        then: Callable[[], None],
        painted: Callable[[], None],
    ) -> None:
        """Show a CT with its live mask, uint8 (z, y, x), shared and never copied, and its
        prediction, then call `then`, and `painted` once it is on the screen. The window stays
        alive meanwhile, and what is asked of the old case is still its own."""

    def set_loading(self, loading: bool) -> None:
        """Draw, or remove, the line that says another case is loading."""

    def set_prediction(self, prediction: NDArray[Any] | None) -> None:
        """Show a prediction beside the mask."""

    def refresh_mask(self, box: Box | None) -> None:
        """Draw the live mask again where it changed."""

    def set_crosshair(self, mm: Millimetres) -> None:
        """Move the crosshair, and with it all views, to an LPS place in mm."""

    def set_disagreements(self, parts: Sequence[Disagreement]) -> None:
        """Hatch these components, or none."""

    def set_overlay(self, kind: OverlayKind, values: NDArray[Any] | None) -> None:
        """Lay "votes" or "entropy" over the CT, or "none"."""

    def set_profiles(
        self, area: tuple[NDArray[Any], ...], disagreement: tuple[NDArray[Any], ...]
    ) -> None:
        """Show the foreground and the disagreement per slice, one array per axis."""

    def set_brush_extent(self, diameter_mm: float | None, shape: BrushShape, colour: str) -> None:
        """Draw the brush at the pointer in all views, or not."""

    def set_navigation(self, navigation: bool) -> None:
        """Let the left button move the crosshair, or leave it to the tool."""

    def set_shapes(self, shapes: tuple[Any, ...]) -> None:
        """Draw outlines of tools: `drawn_shape.DrawnShape` records."""

    def set_box(self, box: Box | None, colour: str = ...) -> None:
        """Draw a box of voxels in all views, or none."""

    def set_preview(self, preview: Any | None) -> None:
        """Hatch what an edit would change (`edit_preview.EditPreview`), or nothing."""

    def set_seeds(self, seeds: Any | None) -> None:
        """Hatch seeds of background (`background_seeds.SeedPicture`), or nothing."""

    def pixel_mm(self, view: str) -> float:
        """Return how many mm a pixel of a slice canvas is wide."""

    def set_measures(self, measures: tuple[Any, ...]) -> None:
        """Draw measures, `drawn_shape.DrawnShape` records, until they are set again."""

    def visible_box(self) -> Box | None:
        """Return the voxels that the canvases show together, None where there are none."""

    def crosshair(self) -> Millimetres:
        """Return the crosshair's LPS place in mm."""

    def clear(self) -> None:
        """Show no case."""


class ToolsView(Protocol):
    """The Tools tab and the history list."""

    def set_tool(self, tool: str) -> None:
        """Mark the tool in use."""

    def set_structure(self, structure: int) -> None:
        """Mark the structure that tools paint."""

    def set_brush(self, diameter_mm: float, shape: str) -> None:
        """Show the brush's size and shape."""

    def set_histogram(self, counts: NDArray[Any], low: float, high: float) -> None:
        """Show how often each HU occurs between low and high."""

    def set_preview(self, text: str, state: str) -> None:
        """Show what a preview would change; state: none, computing, ready, nothing."""

    def set_history(
        self, names: Sequence[tuple[str, int | None]], position: int, dropped: int = 0
    ) -> None:
        """Show the edits, oldest first: (name, revision saved after it), how many count, and
        how many older ones can no longer be undone."""


class ReviewView(Protocol):
    """The Review tab."""

    def set_facts(self, facts: ReviewFacts | None) -> None:
        """Show the open case, or that there is none."""

    def select_disagreement(self, index: int | None) -> None:
        """Mark one disagreement."""


class JobsView(Protocol):
    """The Jobs strip."""

    def set_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these jobs, newest first."""


class ForecastView(Protocol):
    """Where a prediction of the open case is started from."""

    def set_forecast(self, words: str) -> None:
        """Say how long it will take and how much memory, "" where that is not known."""


class RetrainView(Protocol):
    """The Retrain folds… sheet."""

    def show_facts(self, facts: RetrainFacts) -> None:
        """Open the sheet with these numbers."""

    def close_sheet(self) -> None:
        """Close it, the run is under way."""


class CompareView(Protocol):
    """The Compare models… page."""

    def show_comparison(self, facts: ComparisonFacts) -> None:
        """Open the page with this comparison."""
