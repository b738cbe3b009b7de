"""The window: header, case list, centre, tabs, jobs and status line around the canvases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QByteArray, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QResizeEvent
from PyQt6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from kitsdesk.project.case_source import CaseSource
from kitsdesk.project.retrain_facts import RetrainFacts
from kitsdesk.review.model_comparison import ComparisonFacts
from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS, ActionId
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.case_list.case_panel import CasePanel
from kitsdesk.ui.centre_area import CentreArea, Page
from kitsdesk.ui.command_palette import CommandPalette
from kitsdesk.ui.design_tokens import part_sizes, side_widths, window_least
from kitsdesk.ui.info_panel import InfoPanel
from kitsdesk.ui.jobs.jobs_panel import JobsPanel
from kitsdesk.ui.keys_sheet import KeysSheet
from kitsdesk.ui.pages.compare_page import ComparePage
from kitsdesk.ui.pages.scatter_page import ScatterPage
from kitsdesk.ui.pages.welcome_page import WelcomePage
from kitsdesk.ui.question_strip import QuestionStrip
from kitsdesk.ui.queue.alike_page import AlikePage
from kitsdesk.ui.queue.queue_page import QueuePage
from kitsdesk.ui.retrain.retrain_sheet import RetrainSheet
from kitsdesk.ui.review_side.review_panel import ReviewPanel
from kitsdesk.ui.runs.runs_page import RunsPage
from kitsdesk.ui.series.series_sheet import SeriesSheet
from kitsdesk.ui.settings.settings_sheet import SettingsSheet
from kitsdesk.ui.side_tabs import SideTabs
from kitsdesk.ui.status_line import StatusLine
from kitsdesk.ui.style import active_style
from kitsdesk.ui.tools.tools_panel import ToolsPanel
from kitsdesk.ui.view_toolbar import ViewToolbar
from kitsdesk.ui.window_header import WindowHeader
from trainer.contract.errors import KitsDeskError

_PART = part_sizes("main_window")
SMALLEST = window_least()
LEFT, RIGHT = side_widths("left"), side_widths("right")
NARROW_HEIGHT: int = _PART["narrow_height"]
WITH_PANEL = ("views", "scatter", "queue", "alike")


class MainWindow(QMainWindow):
    """Parts: `registry`, `cases`, `toolbar`, `centre`, `tools`, `review`, `info`, `jobs`,
    `retrain`, `compare`, `scatter`, `queue`, `alike`, `runs`, `status`. Every action of
    menus, palette and header comes as `actionTriggered(ActionId)`; `projectChosen(path)` comes from
    File ▸ Recent."""

    actionTriggered = pyqtSignal(object)
    projectChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("KiTSDesk")
        self.setMinimumSize(*SMALLEST)
        self._may_close: Callable[[], bool] = lambda: True
        self.registry = ActionRegistry(self)
        self.header = WindowHeader(self.registry)
        self.cases = CasePanel()
        self.toolbar = ViewToolbar(self.registry)
        self.tools, self.review, self.info = ToolsPanel(), ReviewPanel(), InfoPanel()
        self.side = SideTabs({"tools": self.tools, "review": self.review, "info": self.info})
        self.compare, self.scatter = ComparePage(), ScatterPage()
        self.queue, self.alike = QueuePage(), AlikePage()
        self.runs = RunsPage()
        self.welcome = WelcomePage()
        pages: dict[Page, QWidget] = {
            "compare": self.compare,
            "scatter": self.scatter,
            "queue": self.queue,
            "alike": self.alike,
            "runs": self.runs,
            "welcome": self.welcome,
        }
        self.centre = CentreArea(self.toolbar, pages)
        self.retrain = RetrainSheet()
        self.settings = SettingsSheet()
        self.series = SeriesSheet()
        self.jobs = JobsPanel()
        self.status = StatusLine()
        self.palette_sheet = CommandPalette(self.registry, self)
        self.keys = KeysSheet(self)
        self._lay_out()
        self._connect()
        self.set_project("", "", 0, 0)
        self._show_parts()

    def _lay_out(self) -> None:
        self.setMenuWidget(self.header)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.setHandleWidth(1)
        for widget, limits in ((self.cases, LEFT), (self.centre, None), (self.side, RIGHT)):
            self._across.addWidget(widget)
            if limits is not None:
                widget.setMinimumWidth(active_style().px(limits[0]))
                widget.setMaximumWidth(active_style().px(limits[2]))
        self._across.setStretchFactor(1, 1)
        self._across.setSizes([LEFT[1], 912, RIGHT[1]])
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._across, 1)
        column.addWidget(self.jobs)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        self.side.show_tab("review")
        self.addActions(self.registry.all_actions())

    def _connect(self) -> None:
        self.registry.triggered.connect(self._triggered)
        self.registry.recentChosen.connect(self.projectChosen)
        self.header.command.clicked.connect(self.palette_sheet.open_palette)
        self.header.model.clicked.connect(lambda: self.registry.action(ActionId.MODELS).trigger())
        self.centre.empty.actionAsked.connect(self.run_action)
        self.centre.pageChanged.connect(self._page_changed)
        self.cases.openCaseAsked.connect(lambda: self.run_action(ActionId.OPEN_CASE))
        self.cases.addCasesAsked.connect(lambda: self.run_action(ActionId.ADD_CASES))
        self.review.predictAsked.connect(lambda: self.run_action(ActionId.PREDICT_CASE))
        self.cases.selectionChanged.connect(self.review.set_selection)
        self.jobs.openChanged.connect(lambda on: self.registry.set_checked(ActionId.SHOW_JOBS, on))
        for page in (self.compare, self.scatter, self.queue, self.alike, self.runs):
            page.closeAsked.connect(self.show_views)
        for action in (ActionId.SHOW_CASE_LIST, ActionId.SHOW_PANEL):
            self.registry.set_checked(action, True)

    def run_action(self, action: ActionId) -> None:
        """Do what the menu entry does, where it is enabled."""
        self.registry.action(action).trigger()

    def _triggered(self, action: ActionId) -> None:
        own: dict[ActionId, Callable[[], object]] = {
            ActionId.COMMAND_PALETTE: self.palette_sheet.open_palette,
            ActionId.KEYS: self.keys.open_sheet,
            ActionId.SHOW_CASE_LIST: self._show_parts,
            ActionId.SHOW_PANEL: self._show_parts,
            ActionId.SHOW_JOBS: lambda: self.jobs.set_open(
                self.registry.is_checked(ActionId.SHOW_JOBS)
            ),
            ActionId.RUNS: lambda: self.centre.show_page("runs"),
            ActionId.FIND_CASE: self.cases.focus_filter,
            ActionId.QUIT: self.close,
        }
        if action in own:
            own[action]()
        else:
            self.actionTriggered.emit(action)

    def _show_parts(self) -> None:
        self.cases.setVisible(self.registry.is_checked(ActionId.SHOW_CASE_LIST))
        wanted = self.registry.is_checked(ActionId.SHOW_PANEL)
        self.side.setVisible(wanted and self.centre.page() in WITH_PANEL)

    def _page_changed(self, _page: str) -> None:
        self._show_parts()

    def set_views(self, views: QWidget) -> None:
        """Put the four canvases into the centre."""
        self.centre.set_views(views)

    def show_page(self, page: Page) -> None:
        """Turn the centre to one of its pages."""
        self.centre.show_page(page)

    def show_views(self) -> None:
        """Turn the centre back to the canvases."""
        self.centre.show_page("views")

    def show_comparison(self, facts: ComparisonFacts) -> None:
        """Open the Compare models… page with this comparison."""
        self.compare.show_comparison(facts)
        self.centre.show_page("compare")

    def show_facts(self, facts: RetrainFacts) -> None:
        """Open the Retrain folds… sheet with these numbers."""
        self.retrain.show_facts(facts)
        self.centre.show_sheet(self.retrain)

    def open_settings(self) -> None:
        """Open the settings sheet."""
        self.centre.show_sheet(self.settings)

    def close_sheet(self) -> None:
        """Close the Retrain folds… sheet; the run is under way."""
        self.retrain.close_sheet()

    def set_project(self, name: str, model: str, folds: int, cases: int) -> None:
        """Show the open project ("" = none) and the models in use ("" = none)."""
        self.header.set_title(name)
        self.header.model.set_model(model, folds)
        self.setWindowTitle(f"{name} – KiTSDesk" if name else "KiTSDesk")
        if not name:
            self.centre.empty.show_start()
        elif not model:
            self.centre.empty.show_no_model(cases, name)
        else:
            self.centre.empty.show_choose_case(cases)

    def show_problem(self, error: KitsDeskError, details: str = "", action: str = "") -> None:
        """Show what happened, what was kept and what to do, until dismissed."""
        self.centre.problem.show_problem(error.happened, error.kept, error.advice, details, action)
        self.retrain.allow_start()

    def show_message(self, text: str) -> None:
        """Show a sentence that needs no answer for 6 s."""
        self.status.show_message(text)

    def ask(self, question: str, yes: str, answered: Callable[[bool], None]) -> None:
        """Ask in a strip: above the review buttons while they show, else below the centre."""
        self._strip().ask(question, yes, lambda sure, _text: answered(sure))

    def choose(
        self,
        question: str,
        options: Sequence[tuple[str, str]],
        answered: Callable[[str], None],
        *,
        no: str = "Cancel",
    ) -> None:
        """Ask in the strip below the centre for one of several (key, words); "" = none."""
        self.centre.strip.choose(question, options, answered, no=no)

    def withdraw(self) -> None:
        """Close the strip below the centre: what was asked about is gone."""
        self.centre.strip.withdraw()

    def set_forecast(self, words: str) -> None:
        """Say what predicting the open case takes, where it is started from."""
        self.registry.set_tip(ActionId.PREDICT_CASE, f"Takes {words}" if words else "")
        self.review.set_forecast(words)

    def ask_series(
        self, offered: Sequence[CaseSource], chosen: Callable[[list[CaseSource]], None]
    ) -> None:
        """Offer the volumes of DICOM folders on a sheet."""
        self.series.ask(offered, chosen)
        self.centre.show_sheet(self.series)

    def _strip(self) -> QuestionStrip:
        on_review = self.side.isVisible() and self.side.current_tab() == "review"
        shown = on_review and self.review.has_case()
        return self.review.strip if shown else self.centre.strip

    def set_saved(self, text: str, unsaved: bool) -> None:
        """Show in the status bar whether all edits are saved."""
        self.status.set_saved(text, unsaved)

    def set_tools(self, tools: Sequence[str]) -> None:
        """Offer only these tools, in the palette and in the menus."""
        self.tools.set_tools(tools)
        for action, name in TOOL_ACTIONS.items():
            self.registry.set_available(action, name in tools)

    def set_close_check(self, may_close: Callable[[], bool]) -> None:
        """Ask `may_close` before the window closes."""
        self._may_close = may_close

    def layout_state(self) -> str:
        """Return the window's and the splitter's state as text for the settings."""
        parts = (self.saveGeometry(), self._across.saveState())
        return ".".join(bytes(part.toBase64().data()).decode() for part in parts)

    def restore_layout(self, state: str) -> None:
        """Take a state of `layout_state`; one that makes no sense is ignored."""
        parts = state.split(".")
        if len(parts) == 2:
            self.restoreGeometry(QByteArray.fromBase64(parts[0].encode()))
            self._across.restoreState(QByteArray.fromBase64(parts[1].encode()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Let the jobs strip go in the smallest window."""
        super().resizeEvent(event)
        self.jobs.set_narrow(self.height() < NARROW_HEIGHT)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Close only where nothing is lost."""
        if event is not None:
            event.setAccepted(self._may_close())
