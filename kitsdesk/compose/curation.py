"""Curation in the window: decision lists, estimate and pace, second look, report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QFileDialog

from kitsdesk.controllers.estimating import EstimateController
from kitsdesk.controllers.listing import ListController
from kitsdesk.controllers.looking_again import SecondLookController
from kitsdesk.controllers.reporting import ReportController
from kitsdesk.project.second_looks import Side
from kitsdesk.review.list_preview import ListPreview
from kitsdesk.review.recall import FaultEstimate
from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.curating.estimate_sheet import EstimateSheet
from kitsdesk.ui.curating.list_sheet import ListSheet
from kitsdesk.ui.curating.second_look_sheet import SecondLookSheet

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.ui.main_window import MainWindow
    from kitsdesk.viewer.quad import QuadView

LISTS = "Decision lists (*.json)"
Command = Callable[[], object]


class FloatingList(ListSheet):
    """The list sheet, floating over the centre once it has something to show."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window

    def show_list(self, shown: ListPreview, recognised: str, warning: bool) -> None:
        """Fill and open."""
        super().show_list(shown, recognised, warning)
        self._window.centre.show_sheet(self)


class FloatingEstimate(EstimateSheet):
    """The estimate, floating over the centre."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window

    def show_estimate(
        self, told: FaultEstimate, advice: str, progress: str, planted: int, plantable: str
    ) -> None:
        """Fill and open."""
        super().show_estimate(told, advice, progress, planted, plantable)
        self._window.centre.show_sheet(self)


class FloatingLook(SecondLookSheet):
    """The second look, floating over the centre; its two pages differ in size."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._stack.currentChanged.connect(lambda _page: self._window.centre.show_sheet(self))

    def open(self) -> None:
        """Float over the centre."""
        self._window.centre.show_sheet(self)


class _Pace:
    """Shows the reader's pace and the chances in the case list."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        self._window, self._desk = window, desk

    def set_estimate(self, words: str) -> None:
        """Show the time left."""
        self._window.cases.head.set_estimate(words)

    def set_chances(self, chances: dict[str, float]) -> None:
        """Show each case's chance of a fault."""
        self._desk.project.set_chances(chances)


class Curation(QObject):
    """Builds the sheets and their controllers, and gives the menu's entries."""

    def __init__(self, window: MainWindow, desk: Desk, canvas: QuadView) -> None:
        super().__init__()
        self._window, self._desk = window, desk
        self.list_sheet = FloatingList(window)
        self.estimate_sheet = FloatingEstimate(window)
        self.look_sheet = FloatingLook(window)
        session, pool = desk.session, desk.pool
        self.lists = ListController(session, pool, desk.decisions.many, self.list_sheet, window)
        self.estimates = EstimateController(
            session, pool, desk.decisions, self.estimate_sheet, _Pace(window, desk), window
        )
        self.looks = SecondLookController(session, pool, self.look_sheet, window)
        self.reports = ReportController(session, pool, window)
        desk.project.rowsReady.connect(self.estimates.refresh)
        self.list_sheet.applyAsked.connect(self.lists.apply)
        self.estimate_sheet.plantAsked.connect(self.estimates.plant)
        self.estimate_sheet.removeAsked.connect(self.estimates.remove_planted)
        self.estimate_sheet.lookAgainAsked.connect(self._look_again)
        self.look_sheet.beginAsked.connect(self.looks.begin)
        self.look_sheet.stopAsked.connect(self.looks.stop)
        self.look_sheet.answered.connect(
            lambda side: self.looks.answer(cast("Side", side) if side else None)
        )
        self._watch(canvas)

    def commands(self) -> dict[Id, Command]:
        """Return what the entries of the Review menu do."""
        return {
            Id.LIST_PAPER: lambda: self.lists.show_kits19("paper"),
            Id.LIST_CURRENT: lambda: self.lists.show_kits19("current"),
            Id.LOAD_LIST: self._load_list,
            Id.SAVE_LIST: self._save_list,
            Id.FAULT_ESTIMATE: self.estimates.show,
            Id.SECOND_LOOK: self._look_again,
            Id.CURATION_REPORT: self._report,
        }

    def _watch(self, canvas: QuadView) -> None:
        """Hear what a reader at work does; an event filter on all of Qt would cost time."""
        touch = self.estimates.touch
        for signal in (
            canvas.pointer,
            canvas.crosshairMoved,
            canvas.keyPressed,
            canvas.windowChanged,
            canvas.sizeStep,
            self._window.actionTriggered,
            self._window.review.disagreementChosen,
            self._window.side.tabChanged,
            self._desk.session.historyChanged,
        ):
            signal.connect(lambda *_what: touch())

    def _look_again(self) -> None:
        self.look_sheet.open()
        self.looks.show()

    def _load_list(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self._window, "Load a decision list", "", LISTS)
        if name:
            self.lists.show_file(Path(name))

    def _save_list(self) -> None:
        project = self._desk.session.project
        name, _kind = QFileDialog.getSaveFileName(
            self._window, "Save decisions as a list", f"{project.name}-decisions.json", LISTS
        )
        if name:
            self.lists.save(Path(name))

    def _report(self) -> None:
        project = self._desk.session.project
        name, _kind = QFileDialog.getSaveFileName(
            self._window, "Curation report", f"{project.name}-curation.html", "HTML (*.html)"
        )
        if name:
            self.reports.write(Path(name), _show_file)


def _show_file(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
