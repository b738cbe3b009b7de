"""Millilitres per structure and kidney side, reference against prediction."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.review.rows import VolumeRow
from kitsdesk.ui.design_tokens import control, line_height, part_sizes
from kitsdesk.ui.parts.structure_swatch import SWATCH_WIDTH, draw_structure, swatch_box
from kitsdesk.ui.parts.wording import ml_text
from kitsdesk.ui.style import Style, active_style

_PART = part_sizes("volume_table")
_HEAD: int = control("height_large")
_ROW: int = _PART["row"]
_NUMBER_WIDTH: int = _PART["number_width"]
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignVCenter)
NOTABLE_ML = 1.0


class VolumeTable(QWidget):
    """Painted, so that columns of digits stand exactly; a value far from its partner is bold."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[VolumeRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: tuple[VolumeRow, ...]) -> None:
        """Show these structures."""
        if rows == self._rows:
            return
        self._rows = rows
        self.setAccessibleName("Volumes in ml")
        self.setAccessibleDescription("; ".join(_spoken(row) for row in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return two lines of heads and one line per structure."""
        style = active_style()
        return QSize(_PART["width"], style.px(_HEAD) + len(self._rows) * style.px(_ROW))

    def _columns(self) -> list[float]:
        """Return the right edges of the four number columns."""
        width = self.width()
        step = min(float(_PART["column_most"]), (width - _PART["label_room"]) / 4)
        return [width - step * (3 - n) - (_PART["side_gap"] if n < 2 else 0) for n in range(4)]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw heads, line and rows."""
        style = active_style()
        painter = QPainter(self)
        self._paint_heads(painter, style)
        for place, row in enumerate(self._rows):
            top = style.px(_HEAD) + place * style.px(_ROW)
            self._paint_row(painter, row, top, style)

    def _paint_heads(self, painter: QPainter, style: Style) -> None:
        edges = self._columns()
        line = style.px(line_height("caption"))
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour("text_muted"))
        painter.drawText(QRectF(0, 0, _PART["unit_width"], line), _LEFT, "ml")
        for number, side in ((1, "Right"), (3, "Left")):
            place = QRectF(edges[number] - _NUMBER_WIDTH, 0, _NUMBER_WIDTH, line)
            painter.drawText(place, _RIGHT, side)
        for edge, word in zip(edges, ("reference", "prediction") * 2, strict=True):
            place = QRectF(edge - _NUMBER_WIDTH, line, _NUMBER_WIDTH, line)
            painter.drawText(place, _RIGHT, word)
        rule = QRectF(0, style.px(_PART["rule_top"]), self.width(), 1)
        painter.fillRect(rule, style.colour("border"))

    def _paint_row(self, painter: QPainter, row: VolumeRow, top: float, style: Style) -> None:
        height = style.px(_ROW)
        draw_structure(painter, swatch_box(0, top + height / 2), row.structure)
        painter.setFont(style.font("base"))
        painter.setPen(style.colour("text"))
        left = SWATCH_WIDTH + _PART["label_gap"]
        painter.drawText(QRectF(left, top, _PART["label_width"], height), _LEFT, row.label)
        pairs = (
            (row.right_reference, row.right_prediction),
            (row.left_reference, row.left_prediction),
        )
        values = [value for pair in pairs for value in pair]
        bold = [False, _notable(*pairs[0]), False, _notable(*pairs[1])]
        for edge, value, strong in zip(self._columns(), values, bold, strict=True):
            painter.setFont(style.font("base", 600 if strong else 400))
            place = QRectF(edge - _NUMBER_WIDTH, top, _NUMBER_WIDTH, height)
            painter.drawText(place, _RIGHT, ml_text(value))


def _notable(reference: float | None, prediction: float | None) -> bool:
    """Return whether a prediction differs by more than half, and by at least 1 ml."""
    if reference is None or prediction is None:
        return False
    difference = abs(reference - prediction)
    return difference >= NOTABLE_ML and difference > 0.5 * max(reference, prediction)


def _spoken(row: VolumeRow) -> str:
    return (
        f"{row.label}: right {ml_text(row.right_reference)} against "
        f"{ml_text(row.right_prediction)}, left {ml_text(row.left_reference)} against "
        f"{ml_text(row.left_prediction)}"
    )
