"""The heads of the queue's columns, where its rows paint them."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from kitsdesk.ui.queue.queue_delegate import CASE_WIDTH, ML_WIDTH, STATE_WIDTH
from kitsdesk.ui.queue.queue_model import PICTURE
from kitsdesk.ui.style import active_style


class QueueHeads(QWidget):
    """Disagreement, case, state, ml."""

    def sizeHint(self) -> QSize:
        """Return one line of captions."""
        return QSize(300, active_style().px(28))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the heads on the window's ground."""
        style = active_style()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("window"))
        for y in (0, self.height() - 1):
            painter.fillRect(0, y, self.width(), 1, style.colour("border"))
        painter.setFont(style.font(11))
        painter.setPen(style.colour("text_muted"))
        right, height = float(self.width() - 16), float(self.height())
        state = right - ML_WIDTH - STATE_WIDTH - 12
        case = state - CASE_WIDTH - 12
        middle = Qt.AlignmentFlag.AlignVCenter
        for x, word in ((16 + PICTURE + 14, "Disagreement"), (case, "Case"), (state, "State")):
            painter.drawText(QRectF(x, 0, 160, height), int(middle), word)
        painter.drawText(
            QRectF(right - ML_WIDTH, 0, ML_WIDTH, height),
            int(middle | Qt.AlignmentFlag.AlignRight),
            "ml",
        )
