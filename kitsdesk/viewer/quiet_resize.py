"""One painting of an OpenGL widget per change of its size."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QWidget


class QuietResize(QObject):
    """Qt paints an OpenGL widget within each change of its size, once per widget and event, and
    all of them again with the window. The first of both is left out: what it would draw is
    never seen."""

    def __init__(self, native: QWidget, scene_canvas: Any) -> None:
        super().__init__(native)
        self._native = native
        self._resizing = False
        native.installEventFilter(self)
        scene_canvas.events.draw.connect(self._on_draw, position="first")

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Note that the painting to come is that of a resize."""
        if event is not None and event.type() == QEvent.Type.Resize and self._native.isVisible():
            self._resizing = True
        return False

    def _on_draw(self, event: Any) -> None:
        if self._resizing:
            self._resizing = False
            event.blocked = True
            self._native.update()
