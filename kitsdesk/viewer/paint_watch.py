"""Whether the canvases show the present state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.viewer.slice_overlay import CanvasOverlay


class PaintWatch(QObject):
    """Says when every visible canvas has been painted and nothing is pending.

    An overlay is painted after the OpenGL picture below it, in the same pass, so its paint
    event stands for both.
    """

    painted = pyqtSignal()

    def __init__(self, overlays: Sequence[CanvasOverlay], pending: Callable[[], bool]) -> None:
        super().__init__()
        self._overlays = overlays
        self._pending = pending
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(0)
        self._check.timeout.connect(self._tell)
        for overlay in overlays:
            overlay.painted.connect(self._check.start)

    def is_painted(self) -> bool:
        """Return whether nothing is pending and every visible canvas has been painted."""
        visible = [overlay for overlay in self._overlays if overlay.isVisible()]
        stale = any(overlay.is_stale for overlay in visible)
        return bool(visible) and not stale and not self._pending()

    def _tell(self) -> None:
        if self.is_painted():
            self.painted.emit()
