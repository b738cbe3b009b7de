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
    part_sizes,
)
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_PART = part_sizes("structure_swatch")
SWATCH_WIDTH: int = _PART["width"]
SWATCH_HEIGHT: int = _PART["height"]
_HATCH_SIZE: list[int] = _PART["hatch_size"]
_LINE_SIZE: list[int] = _PART["line_size"]


def swatch_box(left: float, middle: float) -> QRectF:
    """Return the place of a structure's swatch from its left edge and the height of its middle."""
    return QRectF(left, middle - SWATCH_HEIGHT / 2, SWATCH_WIDTH, SWATCH_HEIGHT)


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
        inset = _PART["inset"]
        left, right, y = box.left() + inset, box.right() - inset, box.center().y()
        apart = _PART["double_line"] / 2
        offsets = (-apart, apart) if structure == 3 else (0.0,)
        painter.setPen(QPen(colour, _PART["line_widths"][structure - 1]))
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
        x += _PART["hatch_step"]
    painter.restore()


class StructureSwatch(QWidget):
    """The swatch of one structure."""

    def __init__(self, structure: int) -> None:
        super().__init__()
        self._structure = structure
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the chip's size."""
        return QSize(SWATCH_WIDTH, SWATCH_HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the chip."""
        draw_structure(QPainter(self), QRectF(0, 0, SWATCH_WIDTH, SWATCH_HEIGHT), self._structure)


class HatchSwatch(QWidget):
    """The swatch of "prediction only" or "reference only"."""

    def __init__(self, prediction_only: bool) -> None:
        super().__init__()
        self._prediction_only = prediction_only
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the chip's size."""
        return QSize(*_HATCH_SIZE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the hatch."""
        draw_hatch(QPainter(self), QRectF(0, 0, *_HATCH_SIZE), self._prediction_only)


class LineSwatch(QWidget):
    """A short line as a curve or an outline is drawn: solid or dashed, in a colour role."""

    def __init__(self, role: str, dashed: bool = False, width: float = 2.0) -> None:
        super().__init__()
        self._role, self._dashed, self._width = role, dashed, width
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the line."""
        return QSize(*_LINE_SIZE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the line."""
        painter = QPainter(self)
        pen = QPen(active_style().colour(self._role), self._width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._dashed:
            pen.setDashPattern(_PART["dash"])
        painter.setPen(pen)
        width, height = _LINE_SIZE
        painter.drawLine(0, height // 2, width, height // 2)
