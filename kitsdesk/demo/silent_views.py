"""Views without a window: they remember what they were last told, for the headless demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kitsdesk.compose.desk import Views
from kitsdesk.demo.silent_questions import SilentExport, SilentPlaces, SilentSeries
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.retrain_facts import RetrainFacts
from kitsdesk.review.model_comparison import ComparisonFacts
from kitsdesk.review.rows import CaseRow, ReviewFacts
from trainer.contract.errors import KitsDeskError
from trainer.imaging.volume import Volume


class SilentShell:
    """Keeps the last problem; answers every question with yes, as the demo's person would."""

    def __init__(self) -> None:
        self.problems: list[KitsDeskError] = []
        self.messages: list[str] = []
        self.saved = ""
        self.model = ""

    def show_problem(self, error: KitsDeskError) -> None:
        """Keep the problem for the report."""
        self.problems.append(error)

    def show_message(self, text: str) -> None:
        """Keep the sentence."""
        self.messages.append(text)

    def ask(self, question: str, yes: str, answered: Callable[[bool], None]) -> None:
        """Say yes."""
        self.messages.append(f"{question} → {yes}")
        answered(True)

    def choose(
        self,
        question: str,
        options: Sequence[tuple[str, str]],
        answered: Callable[[str], None],
        *,
        no: str = "Cancel",
    ) -> None:
        """Take the answer that the window would offer first."""
        self.messages.append(f"{question} → {options[-1][1]}")
        answered(options[-1][0])

    def withdraw(self) -> None:
        """Nothing is open: every question was answered at once."""

    def set_project(self, name: str, model: str, folds: int, cases: int) -> None:
        """Keep the models in use."""
        self.model = model

    def set_saved(self, text: str, unsaved: bool) -> None:
        """Keep the sentence about saving."""
        self.saved = text


class SilentCaseList:
    """Keeps the rows; shows them in the default order, by suspicion."""

    def __init__(self) -> None:
        self.rows: dict[str, CaseRow] = {}
        self.selected: list[str] = []

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Keep all rows."""
        self.rows = {row.case: row for row in rows}

    def update_rows(self, rows: Sequence[CaseRow]) -> None:
        """Keep these rows."""
        self.rows |= {row.case: row for row in rows}

    def select(self, case: str) -> None:
        """Keep the open case."""
        self.selected = [case]

    def visible_cases(self) -> list[str]:
        """Return the ids, most suspicious first."""
        return sorted(self.rows, key=lambda case: (-(self.rows[case].suspicion or 0.0), case))

    def selected_cases(self) -> list[str]:
        """Return the open case."""
        return self.selected


class SilentCanvas:
    """Keeps what the canvases would show."""

    def __init__(self) -> None:
        self.volume: Volume | None = None
        self.refreshed = 0
        self.loading = False
        self.shapes: tuple[Any, ...] = ()
        self.measures: tuple[Any, ...] = ()
        self.place = (0.0, 0.0, 0.0)
        self.hatched: tuple[Any, ...] = ()
        self.prediction: Any = None
        self.box: tuple[int, int, int, int, int, int] | None = None
        self.drawn_box: tuple[int, int, int, int, int, int] | None = None
        self.preview: Any = None
        self.seeds: Any = None

    def swap_case(
        self,
        volume: Volume,
        name: str,
        mask: Any,
        prediction: Any,
        then: Callable[[], None],
        painted: Callable[[], None],
    ) -> None:
        """Keep the CT and the prediction."""
        self.volume = volume
        self.set_prediction(prediction)
        then()
        painted()

    def set_loading(self, loading: bool) -> None:
        """Keep whether a case is waited for."""
        self.loading = loading

    def refresh_mask(self, box: Any) -> None:
        """Count the repaints."""
        self.refreshed += 1

    def clear(self) -> None:
        """Forget the CT."""
        self.volume = None

    def set_prediction(self, prediction: Any) -> None:
        """Keep the prediction."""
        self.prediction = prediction

    def set_crosshair(self, mm: Any) -> None:
        """Keep the place."""
        self.place = mm

    def visible_box(self) -> tuple[int, int, int, int, int, int] | None:
        """Return the region that was set."""
        return self.box

    def crosshair(self) -> tuple[float, float, float]:
        """Return the place."""
        return self.place

    def set_shapes(self, shapes: tuple[Any, ...]) -> None:
        """Keep the outlines."""
        self.shapes = shapes

    def set_measures(self, measures: tuple[Any, ...]) -> None:
        """Keep the measures."""
        self.measures = measures

    def set_box(self, box: tuple[int, int, int, int, int, int] | None, colour: str = "") -> None:
        """Keep the box that is drawn."""
        self.drawn_box = box

    def set_preview(self, preview: Any | None) -> None:
        """Keep what would be hatched as a preview."""
        self.preview = preview

    def set_seeds(self, seeds: Any | None) -> None:
        """Keep what would be hatched as seeds of background."""
        self.seeds = seeds

    def pixel_mm(self, view: str) -> float:
        """Return 1 mm."""
        return 1.0

    def set_disagreements(self, parts: Sequence[Any]) -> None:
        """Keep what would be hatched."""
        self.hatched = tuple(parts)

    def set_overlay(self, kind: str, values: Any) -> None:
        """Show nothing."""

    def set_profiles(self, area: Any, disagreement: Any) -> None:
        """Show nothing."""

    def set_brush_extent(self, diameter_mm: float | None, shape: str, colour: str) -> None:
        """Show nothing."""

    def set_navigation(self, navigation: bool) -> None:
        """Show nothing."""


class SilentPanels:
    """Tools, Review, Jobs, the sheet and the page in one: each keeps its last facts."""

    def __init__(self) -> None:
        self.tool = ""
        self.history: list[tuple[str, int | None]] = []
        self.preview = ("", "none")
        self.facts: ReviewFacts | None = None
        self.jobs: list[JobRow] = []
        self.runs: list[JobRow] = []
        self.log = ""
        self.forecast = ""
        self.retrain: RetrainFacts | None = None
        self.comparison: ComparisonFacts | None = None

    def set_tool(self, tool: str) -> None:
        """Keep the tool."""
        self.tool = tool

    def set_preview(self, text: str, state: str) -> None:
        """Keep what a preview would change."""
        self.preview = (text, state)

    def set_history(
        self, names: Sequence[tuple[str, int | None]], position: int, dropped: int = 0
    ) -> None:
        """Keep the edits."""
        self.dropped = dropped
        self.history = list(names)

    def set_facts(self, facts: ReviewFacts | None) -> None:
        """Keep the review."""
        self.facts = facts

    def set_runs(self, rows: Sequence[JobRow]) -> None:
        """Keep the runs."""
        self.runs = list(rows)

    def show_log(self, title: str, text: str) -> None:
        """Keep the log."""
        self.log = text

    def set_jobs(self, rows: Sequence[JobRow]) -> None:
        """Keep the jobs."""
        self.jobs = list(rows)

    def set_forecast(self, words: str) -> None:
        """Keep what predicting the open case takes."""
        self.forecast = words

    def show_facts(self, facts: RetrainFacts) -> None:
        """Keep the numbers of the sheet."""
        self.retrain = facts

    def show_comparison(self, facts: ComparisonFacts) -> None:
        """Keep the comparison."""
        self.comparison = facts

    def close_sheet(self) -> None:
        """Show nothing."""

    def set_structure(self, structure: int) -> None:
        """Show nothing."""

    def set_brush(self, diameter_mm: float, shape: str) -> None:
        """Show nothing."""

    def set_histogram(self, counts: Any, low: float, high: float) -> None:
        """Show nothing."""

    def select_disagreement(self, index: int | None) -> None:
        """Show nothing."""


def silent_views(shell: SilentShell, case_list: SilentCaseList, panels: SilentPanels) -> Views:
    """Return the views of a desk without a window; the panels stand for every panel."""
    return Views(
        shell,
        case_list,
        SilentCanvas(),
        panels,
        panels,
        panels,
        panels,
        panels,
        panels,
        SilentPlaces(),
        SilentSeries(),
        SilentExport(),
        panels,
    )
