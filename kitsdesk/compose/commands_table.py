"""What every menu entry, palette entry and shortcut does: one table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from kitsdesk.background.settings import remember_recent
from kitsdesk.compose.command_needs import THE_WINDOWS_OWN, what_lacks
from kitsdesk.compose.help_pages import about_text
from kitsdesk.compose.path_questions import ask_case, ask_folder, ask_new_project, ask_table
from kitsdesk.compose.view_commands import ViewCommands
from kitsdesk.controllers.data_set_exporting import ask_layout
from kitsdesk.paths import data_dir
from kitsdesk.project.scored_import import scored_cases
from kitsdesk.project.store import STORE_NAME
from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS, ActionId

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

Id = ActionId
LOG_CHARACTERS = 100_000


class Commands(QObject):
    """Runs an ActionId; entries that cannot be done yet are not offered."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__()
        self._host = host
        self._views = ViewCommands(host)
        self._table = self._make_table()
        for action in ActionId:
            known = action in self._table or action in THE_WINDOWS_OWN or action in TOOL_ACTIONS
            if not known:
                host.window.registry.set_available(action, False)

    def run(self, action: ActionId) -> None:
        """Do what the entry says, where a project or case is there for it."""
        desk = self._host.desk
        if action == Id.TOOL_NAVIGATE and (desk.region.cancel() or desk.operations.reject()):
            return
        if action in TOOL_ACTIONS:
            self._host.desk.editing.choose_tool(TOOL_ACTIONS[action])
            if action != Id.TOOL_NAVIGATE:
                self._host.window.side.show_tab("tools")
            return
        session = self._host.desk.session
        lacking = what_lacks(
            action,
            project=session.workspace is not None,
            case=session.case is not None,
            chosen=bool(self._host.window.cases.selected_cases()),
        )
        if lacking:
            self._host.window.show_message(lacking)
        elif action in self._table:
            self._table[action]()

    def _take_preview(self) -> None:
        if not (self._host.desk.region.confirm() or self._host.desk.operations.take()):
            self._host.window.show_message("Nothing is previewed.")

    def decide(self, decision: str, reason: str) -> None:
        """Turn a button of the Review panel into a decision."""
        decisions = self._host.desk.decisions
        match decision:
            case "kept":
                decisions.keep()
            case "corrected":
                decisions.save_correction()
            case "replaced":
                decisions.use_prediction(reason)
            case "excluded":
                decisions.exclude(reason)
            case "deferred":
                decisions.decide_later()

    def ask_job(self, what: str, job: str) -> None:
        """Let a job be first, pause, resume, cancel, retry it, or show its log."""
        jobs = self._host.desk.jobs
        match what:
            case "first":
                jobs.let_first(job)
            case "processor":
                jobs.use_processor(job)
            case "pause_blocking":
                jobs.pause_blocking(job)
            case "pause" | "resume":
                jobs.pause(job, what == "pause")
            case "cancel":
                jobs.cancel(job)
            case "retry":
                jobs.retry(job)
            case "log":
                self._show_log(job)
            case "dismiss":
                jobs.dismiss(job)

    def _show_log(self, job: str) -> None:
        window, log = self._host.window, self._host.desk.jobs.log_of(job)
        if log is None or not log.exists():
            window.show_message("This job has no log yet.")
            return
        self._host.desk.pool.start(
            "Reading the log",
            lambda: log.read_text(encoding="utf-8", errors="replace")[-LOG_CHARACTERS:],
            done=lambda text: window.jobs.show_log(job, text),
            failed=window.show_problem,
        )

    def open_path(self, path: Path, case: str = "") -> None:
        """Open a project, or look at a case or a data set in a scratch project."""
        if (path / STORE_NAME).is_file():
            remember_recent(self._host.settings, path)
            self._host.desk.project.open(path, partial(self._open_first, case))
        else:
            self._host.desk.project.open_scratch(path, partial(self._open_first, case))

    def export_comparison(self) -> None:
        """Write the table of the comparison shown where the person chooses."""
        table = self._host.desk.training.table_shown()
        if table:
            ask_table(self._host.window, table, self._host.window.show_message)

    def open_recent(self, path: str) -> None:
        """Open a project of File ▸ Recent."""
        self.open_path(Path(path))

    def open_dropped(self, paths: list[str]) -> None:
        """Open what was dropped on the canvases."""
        if paths:
            self.open_path(Path(paths[0]))

    def add_dropped(self, paths: list[str]) -> None:
        """Add what was dropped on the case list to the project, or open it."""
        if self._host.desk.session.workspace is None:
            self.open_dropped(paths)
        else:
            self._host.desk.project.add_cases([Path(path) for path in paths])

    def open_demo(
        self, folder: Path | None = None, then: Callable[[], object] | None = None
    ) -> None:
        """Open the demo project, made on the first call; then offer the tour, or `then`."""
        self._host.desk.project.open_made_by(
            "Making the demo",
            partial(self._host.make_demo, folder or data_dir() / "demo"),
            partial(self._begin_demo, then),
        )

    def _begin_demo(self, then: Callable[[], object] | None) -> None:
        desk = self._host.desk
        predicted = any(row.has_prediction for row in desk.project.rows.values())
        if not predicted and not desk.session.project.read_only:
            desk.jobs.predict_all()
            self._host.window.show_message("Predicting the phantoms: about a minute on a CPU.")
        self._open_first("")
        (then or self._host.tour.offer)()

    def _open_first(self, case: str) -> None:
        workspace = self._host.desk.session.workspace
        if workspace is None:
            return
        cases = self._host.window.cases.visible_cases()
        chosen = case or (cases[0] if cases else "")
        rows = self._host.desk.project.rows.values()
        reviewable = bool(self._host.desk.session.models.in_use())
        reviewable = reviewable or any(row.has_prediction for row in rows)
        if chosen and (case or reviewable or len(cases) == 1):
            self._host.open_case_at(chosen)

    def _make_table(self) -> dict[ActionId, Callable[[], object]]:
        table: dict[ActionId, Callable[[], object]] = {}
        table |= self._file_commands()
        table |= self._views.table()
        table |= self._review_commands()
        table |= self._model_commands()
        table |= self._host.curation.commands()
        return table

    def _file_commands(self) -> dict[ActionId, Callable[[], object]]:
        window, desk = self._host.window, self._host.desk
        return {
            Id.NEW_PROJECT: lambda: ask_new_project(window, self._new_project),
            Id.OPEN_PROJECT: lambda: ask_folder(window, "Open a project", self.open_path),
            Id.ADD_CASES: lambda: ask_folder(
                window, "Add cases", lambda path: desk.project.add_cases([path])
            ),
            Id.OPEN_CASE: lambda: ask_case(window, self.open_path),
            Id.IMPORT_PREDICTIONS: lambda: ask_folder(
                window, "Import predictions", self._import_predictions
            ),
            Id.EXPORT_DATA_SET: lambda: ask_layout(window, desk.project.export),
            Id.SAVE: desk.scratch.save,
            Id.EXPORT_MASK: desk.exporter.export,
            Id.UNDO: desk.editing.undo,
            Id.REDO: desk.editing.redo,
            Id.TAKE_PREVIEW: self._take_preview,
            Id.DELETE_MEASURE: desk.operations.delete_measure,
            Id.DELETE_MEASURES: desk.operations.delete_measures,
            Id.OPEN_DEMO: lambda: self.open_demo(),
            Id.SETTINGS: self._host.preferences.open,
            Id.GUIDE: self._host.guide.open,
            Id.TOUR: self._host.tour.start,
            Id.ABOUT: lambda: window.show_message(about_text()),
            Id.SYSTEM_REPORT: self._host.report.open,
        }

    def _review_commands(self) -> dict[ActionId, Callable[[], object]]:
        desk = self._host.desk
        return {
            Id.KEEP: desk.decisions.keep,
            Id.SAVE_CORRECTION: desk.decisions.save_correction,
            Id.USE_PREDICTION: lambda: self._ask_to_decide("replaced"),
            Id.EXCLUDE: lambda: self._ask_to_decide("excluded"),
            Id.DECIDE_LATER: desk.decisions.decide_later,
            Id.RESTORE_REFERENCE: lambda: self._ask_to_decide("restore"),
            Id.UNDO_DECISION: desk.decisions.undo_decision,
            Id.TAKE_PREDICTION: desk.review.take,
            Id.KEEP_REFERENCE: desk.review.keep_reference,
            Id.NEXT_DISAGREEMENT: lambda: self._host.queue.queue.step(1),
            Id.PREVIOUS_DISAGREEMENT: lambda: self._host.queue.queue.step(-1),
            Id.QUEUE: lambda: self._host.queue.show_queue(),
            Id.MORE_LIKE_THIS: lambda: self._host.queue.alike.show(),
            Id.NEXT_CASE: lambda: desk.case.open_neighbour(1),
            Id.PREVIOUS_CASE: lambda: desk.case.open_neighbour(-1),
            Id.NEXT_UNREVIEWED: desk.case.open_next_unreviewed,
            Id.DONE_AND_NEXT: desk.decisions.done_and_next,
        }

    def _ask_to_decide(self, decision: str) -> None:
        """Ask in the Review tab, which has to be in sight for that."""
        self._host.window.side.show_tab("review")
        self._host.window.review.begin_decision(decision)

    def _model_commands(self) -> dict[ActionId, Callable[[], object]]:
        desk = self._host.desk
        return {
            Id.PREDICT_CASE: self._predict_open_case,
            Id.PREDICT_REGION: desk.region.predict,
            Id.PREDICT_ALL: lambda: self._host.runs.predicting.ask(),
            Id.PREDICT_FAST: self._host.preferences.toggle_fast,
            Id.RETRAIN: desk.training.open_sheet,
            Id.COMPARE: desk.training.compare_latest,
            Id.USE_MODEL: desk.training.use_newest,
            Id.ROLL_BACK: desk.training.roll_back,
            Id.MODELS: self._host.models.models.show,
            Id.IMPORT_MODEL: self._host.guest_door.open,
            Id.GPU_SUPPORT: self._host.gpu.open,
        }

    def _predict_open_case(self) -> None:
        case = self._host.desk.session.case
        if case is not None:
            self._host.desk.forecasts.predict_case(case.case)

    def _new_project(self, source: Path, folder: Path) -> None:
        remember_recent(self._host.settings, folder)
        self._host.desk.project.create(folder, source)

    def _import_predictions(self, folder: Path) -> None:
        project = self._host.desk.project

        def answered(unseen: bool) -> None:
            project.import_predictions(folder, folder.name, "none" if unseen else "unknown")

        if scored_cases(folder):
            answered(False)
            return
        self._host.window.ask(
            "Was the model that made these masks trained on other data than these cases?",
            "Yes, it saw none of them",
            answered,
        )
