"""Millilitres per structure and kidney side, reference against prediction."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.review.rows import VolumeRow
from kitsdesk.ui.design_tokens import control
from kitsdesk.ui.parts.structure_swatch import draw_structure
from kitsdesk.ui.parts.wording import ml_text
from kitsdesk.ui.style import Style, active_style

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
        return QSize(280, style.px(control("height_large")) + len(self._rows) * style.px(22))

    def _columns(self) -> list[float]:
        """Return the right edges of the four number columns."""
        width = self.width()
        step = min(82.0, (width - 92) / 4)
        return [width - step * (3 - n) - (4 if n < 2 else 0) for n in range(4)]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw heads, line and rows."""
        style = active_style()
        painter = QPainter(self)
        self._paint_heads(painter, style)
        for place, row in enumerate(self._rows):
            top = style.px(control("height_large")) + place * style.px(22)
            self._paint_row(painter, row, top, style)

    def _paint_heads(self, painter: QPainter, style: Style) -> None:
        edges = self._columns()
        line = style.px(16)
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour("text_muted"))
        painter.drawText(QRectF(0, 0, 40, line), _LEFT, "ml")
        for number, side in ((1, "Right"), (3, "Left")):
            painter.drawText(QRectF(edges[number] - 90, 0, 90, line), _RIGHT, side)
        for edge, word in zip(edges, ("reference", "prediction") * 2, strict=True):
            painter.drawText(QRectF(edge - 90, line, 90, line), _RIGHT, word)
        painter.fillRect(QRectF(0, style.px(34), self.width(), 1), style.colour("border"))

    def _paint_row(self, painter: QPainter, row: VolumeRow, top: float, style: Style) -> None:
        height = style.px(22)
        draw_structure(painter, QRectF(0, top + (height - 16) / 2, 20, 16), row.structure)
        painter.setFont(style.font("base"))
        painter.setPen(style.colour("text"))
        painter.drawText(QRectF(28, top, 90, height), _LEFT, row.label)
        pairs = (
            (row.right_reference, row.right_prediction),
            (row.left_reference, row.left_prediction),
        )
        values = [value for pair in pairs for value in pair]
        bold = [False, _notable(*pairs[0]), False, _notable(*pairs[1])]
        for edge, value, strong in zip(self._columns(), values, bold, strict=True):
            painter.setFont(style.font("base", 600 if strong else 400))
            painter.drawText(QRectF(edge - 90, top, 90, height), _RIGHT, ml_text(value))


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
