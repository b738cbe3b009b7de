"""Swatches of structures and of disagreement, always on black, as they look on the CT."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import (
    canvas_background,
    canvas_comparison,
    canvas_structures,
    line_width,
)
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style


def draw_structure(painter: QPainter, box: QRectF, structure: int) -> None:
    """Draw a structure's line on a black chip: kidney thin, tumor thick, cyst double."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(canvas_background()))
    border = active_style().colour("border_strong" if structure == 0 else "border")
    painter.setPen(QPen(border, line_width("edge")))
    draw_rounded(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), "bar")
    if structure:
        colour = QColor(canvas_structures()[structure])
        left, right, y = box.left() + 4, box.right() - 4, box.center().y()
        offsets = (-1.7, 1.7) if structure == 3 else (0.0,)
        width = {1: 1.8, 2: 3.2, 3: 1.4}[structure]
        painter.setPen(QPen(colour, width))
        for offset in offsets:
            painter.drawLine(QPointF(left, y + offset), QPointF(right, y + offset))
    painter.restore()


def draw_hatch(painter: QPainter, box: QRectF, prediction_only: bool) -> None:
    """Draw the hatch of one direction of disagreement on black: lime rising or magenta falling."""
    name = "prediction_only" if prediction_only else "reference_only"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(box)
    painter.fillRect(box, QColor(canvas_background()))
    painter.setPen(QPen(QColor(canvas_comparison()[name]), line_width("mark")))
    height = box.height()
    x = box.left() - height
    while x < box.right():
        low, high = (x, x + height) if prediction_only else (x + height, x)
        painter.drawLine(QPointF(low, box.bottom()), QPointF(high, box.top()))
        x += 5
    painter.restore()


class StructureSwatch(QWidget):
    """The swatch of one structure, 20 by 16."""

    def __init__(self, structure: int) -> None:
        super().__init__()
        self._structure = structure
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the chip's size."""
        return QSize(20, 16)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the chip."""
        draw_structure(QPainter(self), QRectF(0, 0, 20, 16), self._structure)


class HatchSwatch(QWidget):
    """The swatch of "prediction only" or "reference only"."""

    def __init__(self, prediction_only: bool) -> None:
        super().__init__()
        self._prediction_only = prediction_only
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the chip's size."""
        return QSize(14, 12)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the hatch."""
        draw_hatch(QPainter(self), QRectF(0, 0, 14, 12), self._prediction_only)


class LineSwatch(QWidget):
    """A short line as a curve or an outline is drawn: solid or dashed, in a colour role."""

    def __init__(self, role: str, dashed: bool = False, width: float = 2.0) -> None:
        super().__init__()
        self._role, self._dashed, self._width = role, dashed, width
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the line."""
        return QSize(22, 14)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the line."""
        painter = QPainter(self)
        pen = QPen(active_style().colour(self._role), self._width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._dashed:
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawLine(0, 7, 22, 7)
