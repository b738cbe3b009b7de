"""What the marks of a plot mean: each a shape and a word."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import line_width, part_sizes
from kitsdesk.ui.parts.flow_layout import FlowLayout
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.spacing import SPACE_6
from kitsdesk.ui.style import active_style

Shape = Literal["disc", "ring", "down", "square", "diamond", "cross", "up", "line"]
_PART = part_sizes("plot_legend")
_SIDE: int = _PART["mark"]
_LINE: int = _PART["line_length"]
_CROSS: int = _PART["cross_reach"]
_DISC: float = _PART["disc_radius"]
# The corners of each shape around its middle.
CORNERS: dict[str, list[list[float]]] = _PART["corners"]
HOLLOW = ("ring", "up")


class ShapeMark(QWidget):
    """One shape in a colour role."""

    def __init__(self, shape: Shape, role: str) -> None:
        super().__init__()
        self._shape, self._role = shape, role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the mark's room."""
        return QSize(_LINE if self._shape == "line" else _SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = active_style().colour(self._role)
        pen = QPen(colour, line_width("mark"))
        painter.translate(self.width() / 2, self.height() / 2)
        if self._shape == "line":
            pen.setDashPattern([2, 2])
            painter.setPen(pen)
            painter.drawLine(QPointF(-_LINE / 2, 0), QPointF(_LINE / 2, 0))
            return
        if self._shape == "cross":
            painter.setPen(QPen(colour, line_width("mark")))
            painter.drawLine(QPointF(-_CROSS, -_CROSS), QPointF(_CROSS, _CROSS))
            painter.drawLine(QPointF(-_CROSS, _CROSS), QPointF(_CROSS, -_CROSS))
            return
        hollow = self._shape in HOLLOW
        painter.setPen(pen if hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if hollow else colour)
        if self._shape in ("disc", "ring"):
            painter.drawEllipse(QPointF(0, 0), _DISC, _DISC)
        else:
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in CORNERS[self._shape]]))


class PlotLegend(QWidget):
    """Marks with their words, in as many lines as the width asks for."""

    def __init__(self, entries: tuple[tuple[Shape, str, str], ...]):
        super().__init__()
        flow = FlowLayout(self, gap=_PART["gap"], line_gap=_PART["line_gap"])
        flow.setContentsMargins(_PART["left"], 0, 0, 0)
        for shape, role, word in entries:
            flow.addWidget(_entry(shape, role, word))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


def _entry(shape: Shape, role: str, word: str) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_6)
    row.addWidget(ShapeMark(shape, role))
    row.addWidget(text_label(word, "small", "muted"))
    return widget
