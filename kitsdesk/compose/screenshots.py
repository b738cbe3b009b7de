"""`--screenshot`: wait until everything is painted, write the picture, say how it went."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPoint, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

LOOK_MS, CALM_LOOKS = 100, 6


class Screenshot(QObject):
    """Emits `ended(0)` once the picture is written, `ended(2)` on a problem or a time-out."""

    ended = pyqtSignal(int)

    def __init__(self, host: WindowDesk, path: Path, timeout_ms: int) -> None:
        super().__init__(host)
        self._host = host
        self._path = path
        self._until = time.monotonic() + timeout_ms / 1000
        self._calm = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if time.monotonic() > self._until:
            self._finish(2)
            return
        desk = self._host.desk
        painted = desk.session.case is None or self._host.canvas.is_painted()
        waiting = desk.session.case is None and desk.session.workspace is not None
        quiet = not desk.pool.busy and painted and not (waiting and self._problem() == "")
        self._calm = self._calm + 1 if quiet else 0
        if self._calm >= CALM_LOOKS:
            self._finish(2 if self._problem() else 0)

    def _problem(self) -> str:
        return self._host.window.centre.problem.happened()

    def _finish(self, code: int) -> None:
        self._timer.stop()
        window, canvas = self._host.window, self._host.canvas
        picture = window.grab()
        if canvas.isVisible():
            # OpenGL canvases leave holes in a grab of the window; the canvases draw themselves.
            painter = QPainter(picture)
            painter.drawImage(canvas.mapTo(window, QPoint(0, 0)), canvas.screenshot())
            for sheet in (window.retrain, window.settings, window.palette_sheet, window.keys):
                if sheet.isVisible():
                    painter.drawPixmap(sheet.mapTo(window, QPoint(0, 0)), sheet.grab())
            painter.end()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = picture.save(str(self._path))
        self.ended.emit(code if written else 2)
