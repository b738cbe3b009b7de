"""What the painted tables have in common: the ground of a row, and the heads of the columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QStyle, QStyleOptionViewItem, QWidget

from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.style import active_style

LEFT = int(Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
HEAD: int = control("height")
_WIDTH: int = part_sizes("table_painting")["head_width"]
# From a width the left and right edge of each column, by its name.
Edges = Callable[[float], Mapping[str, tuple[float, float]]]


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Paint a row's ground, chosen or under the pointer, and the line below it."""
    style, box = active_style(), QRectF(option.rect)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, style.colour("selected"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(box, style.colour("hover"))
    line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
    painter.fillRect(line, style.colour("border"))


class ColumnHeads(QWidget):
    """The names of the columns where the rows paint them; `numbers` stand at the right."""

    def __init__(self, edges: Edges, numbers: Collection[str] = ()) -> None:
        super().__init__()
        self._edges, self._numbers = edges, numbers
        self.setFixedHeight(active_style().px(HEAD))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return one line of captions."""
        return QSize(_WIDTH, active_style().px(HEAD))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the names on the window's ground."""
        style = active_style()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("window"))
        for y in (0, self.height() - 1):
            painter.fillRect(0, y, self.width(), 1, style.colour("border"))
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour("text_muted"))
        for name, (left, right) in self._edges(self.width()).items():
            place = QRectF(left, 0, right - left, self.height())
            painter.drawText(place, RIGHT if name in self._numbers else LEFT, name)
        painter.end()
