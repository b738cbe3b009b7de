"""One structure's paired difference: means, difference, 95 % interval."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from kitsdesk.review.model_comparison import PairedDifference
from kitsdesk.ui.design_tokens import control, line_height, line_width, padding, part_sizes
from kitsdesk.ui.parts.wording import signed_text
from kitsdesk.ui.style import Style, active_style

_PART = part_sizes("interval_card")
_LEFT: int = _PART["left"]
_REACH: int = _PART["axis_reach"]
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
        return QSize(_PART["width"], active_style().px(_PART["height"]))

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
        room = self.width() - _LEFT - padding("panel")
        head = QRectF(_LEFT, style.px(_PART["title_top"]), room, style.px(line_height("base")))
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
        top, height = style.px(_PART["number_top"]), style.px(control("height_large"))
        big = QRectF(_LEFT, top, _PART["number_width"], height)
        painter.drawText(big, _VALIGN, signed_text(found.difference, 3))
        self._paint_interval(painter, style, found)

    def _paint_interval(self, painter: QPainter, style: Style, found: PairedDifference) -> None:
        reach = max(abs(found.low), abs(found.high), 0.005)
        end = next((step for step in STEPS if step >= reach * 1.02), 1.0)
        start = -end if found.low < 0 else -0.12 * end
        left, right = float(_PART["axis_left"]), float(self.width() - _PART["axis_right"])
        y = float(style.px(_PART["axis_middle"]))

        def x(value: float) -> float:
            return left + (right - left) * (value - start) / (end - start)

        painter.setPen(QPen(style.colour("border"), line_width("edge")))
        painter.drawLine(QPointF(left, y + _REACH), QPointF(right, y + _REACH))
        painter.setPen(QPen(style.colour("text_muted"), line_width("edge")))
        painter.drawLine(QPointF(x(0), y - _REACH), QPointF(x(0), y + _REACH))
        painter.setFont(style.font("caption"))
        ticks = (0.0, end, -end) if found.low < 0 else (0.0, end)
        for tick in ticks:
            text = "0" if tick == 0 else signed_text(tick, 2)
            width, line = _PART["tick_width"], line_height("caption")
            area = QRectF(x(tick) - width / 2, y + _REACH + 1, width, line)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.setPen(QPen(style.colour("accent"), line_width("focus")))
        painter.drawLine(QPointF(x(found.low), y), QPointF(x(found.high), y))
        for value in (found.low, found.high):
            half = _PART["interval_end"]
            painter.drawLine(QPointF(x(value), y - half), QPointF(x(value), y + half))
        painter.setBrush(style.colour("accent"))
        painter.drawEllipse(
            QPointF(x(found.difference), y), _PART["dot_radius"], _PART["dot_radius"]
        )
