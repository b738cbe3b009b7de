"""One structure's paired difference: means, difference, 95 % interval."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from kitsdesk.review.model_comparison import PairedDifference
from kitsdesk.ui.design_tokens import control, line_width
from kitsdesk.ui.parts.wording import signed_text
from kitsdesk.ui.style import Style, active_style

_VALIGN = int(Qt.AlignmentFlag.AlignVCenter)
STEPS = (0.01, 0.02, 0.06, 0.1, 0.2, 0.5, 1.0)


class IntervalCard(QAbstractButton):
    """Checkable: the card in front decides what plot and table show."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._difference: PairedDifference | None = None
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_difference(self, difference: PairedDifference | None) -> None:
        """Show a difference; None: no case has it."""
        self._difference = difference
        if difference is not None:
            self.setAccessibleDescription(
                f"{difference.difference:+.3f}, 95 % interval {difference.low:+.3f} "
                f"to {difference.high:+.3f}"
            )
        self.update()

    def sizeHint(self) -> QSize:
        """Return a card of the row."""
        return QSize(400, active_style().px(104))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw title, means, difference and interval."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if self.underMouse() and not on:
            painter.fillRect(self.rect(), style.colour("hover"))
        if on:
            painter.fillRect(QRectF(0, self.height() - 2, self.width(), 2), style.colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(style.colour("focus_ring"), line_width("focus")))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setFont(style.font("base", 600 if on else 400))
        painter.setPen(style.colour("text" if on else "text_muted"))
        head = QRectF(24, style.px(12), self.width() - 40, style.px(20))
        painter.drawText(head, _VALIGN, self.text())
        if self._difference is None:
            return
        found = self._difference
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        means = f"{found.before:.3f} → {found.after:.3f}"
        painter.drawText(head, _VALIGN | int(Qt.AlignmentFlag.AlignRight), means)
        painter.setFont(style.font("display", 600))
        painter.setPen(style.colour("text"))
        big = QRectF(24, style.px(40), 130, style.px(control("height_large")))
        painter.drawText(big, _VALIGN, signed_text(found.difference, 3))
        self._paint_interval(painter, style, found)

    def _paint_interval(self, painter: QPainter, style: Style, found: PairedDifference) -> None:
        reach = max(abs(found.low), abs(found.high), 0.005)
        end = next((step for step in STEPS if step >= reach * 1.02), 1.0)
        start = -end if found.low < 0 else -0.12 * end
        left, right = 180.0, self.width() - 48.0
        y = float(style.px(58))

        def x(value: float) -> float:
            return left + (right - left) * (value - start) / (end - start)

        painter.setPen(QPen(style.colour("border"), line_width("edge")))
        painter.drawLine(QPointF(left, y + 12), QPointF(right, y + 12))
        painter.setPen(QPen(style.colour("text_muted"), line_width("edge")))
        painter.drawLine(QPointF(x(0), y - 12), QPointF(x(0), y + 12))
        painter.setFont(style.font("caption"))
        ticks = (0.0, end, -end) if found.low < 0 else (0.0, end)
        for tick in ticks:
            text = "0" if tick == 0 else signed_text(tick, 2)
            area = QRectF(x(tick) - 30, y + 13, 60, 16)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.setPen(QPen(style.colour("accent"), line_width("focus")))
        painter.drawLine(QPointF(x(found.low), y), QPointF(x(found.high), y))
        for value in (found.low, found.high):
            painter.drawLine(QPointF(x(value), y - 5), QPointF(x(value), y + 5))
        painter.setBrush(style.colour("accent"))
        painter.drawEllipse(QPointF(x(found.difference), y), 4, 4)
