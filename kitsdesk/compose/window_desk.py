"""The window with its canvases and the desk behind it, connected part by part."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject

from kitsdesk.background.settings import Settings, remember_recent
from kitsdesk.compose.canvas_keys import CanvasKeys
from kitsdesk.compose.commands_table import Commands
from kitsdesk.compose.curation import Curation
from kitsdesk.compose.desk import Views, build_desk
from kitsdesk.compose.field_keys import FieldKeys
from kitsdesk.compose.first_run import FirstRun
from kitsdesk.compose.guest_door import GuestDoor
from kitsdesk.compose.guide_desk import GuideDesk
from kitsdesk.compose.help_pages import SystemReport
from kitsdesk.compose.info_sections import info_sections
from kitsdesk.compose.models_desk import ModelsDesk
from kitsdesk.compose.opening import placed_window
from kitsdesk.compose.path_questions import ExportQuestions, PlaceQuestions
from kitsdesk.compose.pointer_status import PointerStatus
from kitsdesk.compose.preferences import Preferences
from kitsdesk.compose.queue_desk import QueueDesk
from kitsdesk.compose.read_only_actions import ReadOnlyActions
from kitsdesk.compose.runs_desk import RunsDesk
from kitsdesk.compose.tour_desk import TourDesk
from kitsdesk.controllers.gpu_support import GpuSupport
from kitsdesk.controllers.mask_names import MaskNames
from kitsdesk.controllers.session import OpenCase
from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS, ActionId
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.parts.wording import device_words
from kitsdesk.ui.style import Style, ThemeChoice
from kitsdesk.viewer.quad import QuadView

DEFAULT_WINDOW = (400.0, 40.0)
NETWORK_WINDOW = (383.0, 112.5)

DemoMaker = Callable[[Path], Any]


class WindowDesk(QObject):
    """Owns window, canvases and desk; the application keeps one."""

    def __init__(
        self,
        style: Style,
        settings: Settings,
        make_demo: DemoMaker,
        window: MainWindow | None = None,
    ) -> None:
        super().__init__()
        self.style, self.settings, self.make_demo = style, settings, make_demo
        self.window = window or placed_window(settings)
        self.canvas = QuadView()
        window = self.window
        self.desk = build_desk(self._make_views(), settings.author)
        self.names = MaskNames(self.desk.session, self.canvas, window.toolbar)
        window.set_views(self.canvas)
        self.guest_door = GuestDoor(window, self.desk)
        self.models = ModelsDesk(window, self.desk, self.guest_door)
        self.preferences = Preferences(self)
        self.gpu = GpuSupport(self.desk.jobs, window)
        self.gpu.changed.connect(self.preferences.renew_trainer)
        self.gpu.tidy()
        self.queue = QueueDesk(self)
        self.curation = Curation(window, self.desk, self.canvas)
        self.guide = GuideDesk(self)
        self.tour = TourDesk(self)
        self.report = SystemReport(self)
        self.commands = Commands(self)
        self.first_run = FirstRun(self)
        self.read_only = ReadOnlyActions(self)
        self.keys = CanvasKeys(self)
        self.fields = FieldKeys(self)
        self.pointer_status = PointerStatus(self.canvas, window.status, self.desk.session)
        self._connect()
        self._restore()

    def _make_views(self) -> Views:
        window = self.window
        return Views(
            shell=window,
            cases=window.cases,
            canvas=self.canvas,
            tools=window.tools,
            review=window.review,
            jobs=window.jobs,
            forecast=window,
            retrain=window,
            compare=window,
            places=PlaceQuestions(window),
            series=window,
            exports=ExportQuestions(window),
            runs=window.runs,
        )

    def close(self) -> None:
        """Keep the settings, close the project, end the window's processes; runs go on.

        The window itself goes with the next turn of the event loop.
        """
        self.settings.geometry = self.window.layout_state()
        self.fields.close()
        self.preferences.close()
        self.guest_door.guests.close()
        self.gpu.close()
        self.queue.close()
        self.desk.close()
        self.canvas.shut_down()
        self.window.close()
        self.window.deleteLater()

    def open_case_at(self, case: str) -> None:
        """Open a case and turn to the canvases."""
        self.window.show_views()
        self.desk.case.open(case, self.canvas.take_focus)

    def set_theme(self, choice: ThemeChoice) -> None:
        """Follow the system's theme, or hold one."""
        self.settings.theme = choice
        self.style.set_theme(choice)
        registry = self.window.registry
        registry.set_checked(ActionId(f"view.theme_{choice}"), True)

    def set_fill(self, fill: bool) -> None:
        """Fill the masks, or draw their outlines alone."""
        self.settings.fill = fill
        self.canvas.set_fill(fill)
        self.window.toolbar.set_fill(fill)
        self.window.registry.set_checked(ActionId.FILL_MASK, fill)

    def set_linked(self, linked: bool) -> None:
        """Zoom and pan all slice views together, or each alone."""
        self.settings.linked = linked
        self.canvas.set_linked(linked)
        self.window.registry.set_checked(ActionId.LINK_VIEWS, linked)

    def network_window(self) -> tuple[float, float]:
        """Return width and level of what the network sees, from the model in use."""
        workspace = self.desk.session.workspace
        names = self.desk.session.models.in_use() if workspace is not None else ()
        if not names:
            return NETWORK_WINDOW
        plan = self.desk.session.models.manifest(names[0]).plan
        return plan.clip_high - plan.clip_low, (plan.clip_high + plan.clip_low) / 2

    def _connect(self) -> None:
        self._connect_canvas()
        self._connect_tools()
        self._connect_review()
        self._connect_lists()
        self._connect_pages()
        self._connect_session()

    def _connect_canvas(self) -> None:
        canvas, toolbar, desk = self.canvas, self.window.toolbar, self.desk
        canvas.pointer.connect(desk.editing.on_pointer)
        canvas.pointer.connect(desk.operations.on_pointer)
        canvas.pointer.connect(desk.boxes.on_pointer)
        canvas.sizeStep.connect(desk.editing.step_diameter)
        canvas.keyPressed.connect(self.keys.press)
        canvas.keyReleased.connect(self.keys.release)
        canvas.windowChanged.connect(toolbar.set_window)
        canvas.filesDropped.connect(self.commands.open_dropped)
        toolbar.slabChanged.connect(lambda mm: canvas.set_slab(0 if mm == 1 else mm))
        toolbar.fillChanged.connect(self.set_fill)
        toolbar.opacityChanged.connect(canvas.set_opacity)

    def _connect_tools(self) -> None:
        tools, editing = self.window.tools, self.desk.editing
        tools.toolChosen.connect(editing.choose_tool)
        tools.structureChosen.connect(editing.choose_structure)
        tools.lockToggled.connect(editing.lock)
        tools.sizeChanged.connect(editing.set_diameter)
        tools.shapeChanged.connect(editing.set_shape)
        tools.gatesChanged.connect(editing.set_gates)
        tools.operationAsked.connect(self.desk.operations.run)
        tools.previewAsked.connect(self.desk.operations.preview)
        tools.takeAsked.connect(self.desk.operations.take)
        tools.rejectAsked.connect(self.desk.operations.reject)
        tools.parametersChanged.connect(self.desk.operations.set_parameters)
        tools.undoAsked.connect(editing.undo)
        tools.redoAsked.connect(editing.redo)
        tools.positionChosen.connect(editing.go_to)

    def _connect_review(self) -> None:
        view, review, decisions = self.window.review, self.desk.review, self.desk.decisions
        view.decided.connect(self.commands.decide)
        view.restoreAsked.connect(decisions.restore_reference)
        view.doneAsked.connect(decisions.done_and_next)
        view.disagreementChosen.connect(review.select)
        view.takeAsked.connect(review.take)
        view.keepAsked.connect(review.keep_reference)
        view.paintAsked.connect(self._paint)
        view.foldChosen.connect(review.show_fold)
        view.overlayChosen.connect(review.show_overlay)

    def _connect_lists(self) -> None:
        window, desk = self.window, self.desk
        window.cases.caseChosen.connect(self.open_case_at)
        window.cases.filesDropped.connect(self.commands.add_dropped)
        window.jobs.asked.connect(self.commands.ask_job)
        window.actionTriggered.connect(self.commands.run)
        window.projectChosen.connect(self.commands.open_recent)
        desk.project.rowsReady.connect(self._show_rows)

    def _connect_pages(self) -> None:
        window, training = self.window, self.desk.training
        self.runs = RunsDesk(window, self.desk)
        self.runs.set_defaults(self.settings.engines)
        window.compare.modelsChosen.connect(training.compare)
        window.compare.againstChosen.connect(training.show_against)
        window.compare.useModelAsked.connect(training.use_model)
        window.compare.exportAsked.connect(self.commands.export_comparison)
        window.compare.caseChosen.connect(self.open_case_at)

    def _connect_session(self) -> None:
        session = self.desk.session
        self.desk.scratch.projectMade.connect(self._remember)
        session.projectOpened.connect(self._on_project)
        session.projectClosed.connect(lambda: self.window.show_page("empty"))
        session.caseOpened.connect(self._on_case)
        session.casesChanged.connect(lambda _cases: self._show_info())
        self.desk.serve.deviceKnown.connect(
            lambda name: self.window.status.set_device(device_words(name))
        )

    def _restore(self) -> None:
        settings, desk = self.settings, self.desk
        self.window.set_tools([TOOL_ACTIONS[action] for action in TOOL_ACTIONS])
        desk.editing.set_diameter(settings.brush_mm)
        desk.editing.set_shape("ball")
        desk.editing.choose_structure(2)
        desk.editing.choose_tool("navigate")
        self.canvas.set_window(*DEFAULT_WINDOW)
        self.window.toolbar.set_window(*DEFAULT_WINDOW)
        self.window.toolbar.set_opacity(self.canvas.scene.opacity)
        self.set_fill(settings.fill)
        self.set_linked(settings.linked)
        self.window.set_saved("", False)
        self.window.cases.set_rows([])
        if shutil.which("nvidia-smi") is None:
            self.window.status.set_device(device_words("cpu"))

    def _remember(self, project: Path) -> None:
        remember_recent(self.settings, project)
        self.window.registry.set_recent(self.settings.recent)

    def _on_project(self) -> None:
        self.window.registry.set_recent(self.settings.recent)
        self.window.cases.set_sort("suspicion")

    def _on_case(self, case: OpenCase) -> None:
        self.window.show_views()
        if case.figures is not None:
            told = case.figures
            self.window.tools.set_histogram(told.counts, told.low, told.high)
        self.window.tools.set_members(len(case.scores.folds) if case.scores else 0)
        self._show_rank()
        self._show_info()

    def _show_rows(self) -> None:
        self._show_rank()
        rows = self.desk.project.rows
        self.window.scatter.set_rows([rows[name] for name in self.desk.project.by_suspicion()])

    def _show_rank(self) -> None:
        case, order = self.desk.session.case, self.desk.project.by_suspicion()
        if case is not None and case.case in order:
            self.desk.review.set_rank(order.index(case.case) + 1, len(order))

    def _show_info(self) -> None:
        case = self.desk.session.case
        if case is not None:
            self.window.info.set_info(case.case, info_sections(case, self.desk.session))

    def _paint(self, index: int) -> None:
        self.desk.review.paint(index)
        self.window.side.show_tab("tools")
