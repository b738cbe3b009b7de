"""Whether the canvases show the present state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.viewer.slice_overlay import CanvasOverlay


class PaintWatch(QObject):
    """Counts the canvases that have been painted since the last change.

    An overlay is painted after the OpenGL picture below it, in the same pass, so its paint
    event stands for both.
    """

    painted = pyqtSignal()

    def __init__(self, overlays: Sequence[CanvasOverlay], pending: Callable[[], bool]) -> None:
        super().__init__()
        self._overlays = overlays
        self._pending = pending
        self._waiting: set[CanvasOverlay] = set(overlays)
        self._told = False
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(0)
        self._check.timeout.connect(self._tell)
        for overlay in overlays:
            overlay.painted.connect(partial(self._done, overlay))

    def touch(self) -> None:
        """Something changed: wait until every visible canvas has been painted again."""
        self._told = False
        self._waiting = set(self._overlays)
        for overlay in self._overlays:
            overlay.update()

    def is_painted(self) -> bool:
        """Return whether nothing is pending and every visible canvas has been painted."""
        visible = [overlay for overlay in self._overlays if overlay.isVisible()]
        open_ones = [overlay for overlay in visible if overlay in self._waiting]
        return bool(visible) and not open_ones and not self._pending()

    def _done(self, overlay: CanvasOverlay) -> None:
        if self._pending():
            return
        self._waiting.discard(overlay)
        if not self._told and self.is_painted():
            self._check.start()

    def _tell(self) -> None:
        if not self._told and self.is_painted():
            self._told = True
            self.painted.emit()
