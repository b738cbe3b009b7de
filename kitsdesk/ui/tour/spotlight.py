"""Dims the window but for one part; the mouse goes through it, so that work goes on below."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from kitsdesk.ui.design_tokens import canvas_background, line_width, part_sizes, radius
from kitsdesk.ui.style import active_style

DIM_DARK, DIM_LIGHT = 0.5, 0.32
_PART = part_sizes("spotlight")
RADIUS: float = radius("card")
GAP: int = _PART["gap"]


class Spotlight(QWidget):
    """A child as large as the window; `set_spot` in the window's coordinates."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._spot = QRect()
        self.hide()

    def set_spot(self, spot: QRect) -> None:
        """Leave this part bright; an empty one dims nothing."""
        self._spot = spot
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Dim everything else, and frame the part."""
        if self._spot.isEmpty():
            return
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self.rect().adjusted(1, 1, -1, -1)
        hole = QRectF(self._spot.adjusted(-GAP, -GAP, GAP, GAP).intersected(inside))
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        path.addRoundedRect(hole, RADIUS, RADIUS)
        shade = QColor(canvas_background())
        shade.setAlphaF(DIM_DARK if style.theme.name == "dark" else DIM_LIGHT)
        painter.fillPath(path, shade)
        painter.setPen(QPen(style.colour("accent"), line_width("focus")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(hole.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
