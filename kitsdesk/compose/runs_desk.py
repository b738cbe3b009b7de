"""Train ▸ Runs in the window: the page tied to its controller, folders opened outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.ui.main_window import MainWindow


class RunsDesk(QObject):
    """Lives beside the window's desk."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__()
        self._window, self._desk = window, desk
        window.runs.asked.connect(self._ask)

    def _ask(self, what: str, job: str, task: str) -> None:
        if what == "folder":
            folder = self._desk.control.folder(job)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        else:
            self._desk.runs.ask(what, job, task)
