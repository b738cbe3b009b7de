"""A box to tick, 24 px to hit, 16 px to see."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen

from kitsdesk.ui.design_tokens import control, line_width, part_sizes
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.toggle import Toggle
from kitsdesk.ui.style import active_style

_PART = part_sizes("tick")
_SIDE: float = _PART["side"]
_TARGET: int = control("minimum_target")


class Tick(Toggle):
    """Checked is ticked; Space toggles it as any button."""

    def sizeHint(self) -> QSize:
        """Return the least size of a target."""
        return QSize(_TARGET, _TARGET)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the box, its mark, and the ring of the focus."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, _SIDE, _SIDE)
        box.moveCenter(self.rect().toRectF().center())
        on = self.isChecked()
        painter.setPen(
            QPen(style.colour("accent_fill" if on else "border_strong"), line_width("edge"))
        )
        painter.setBrush(style.colour("accent_fill" if on else "raised"))
        draw_rounded(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), "chip")
        if on:
            mark = QPainterPath(box.topLeft() + QPointF(*_PART["mark_start"]))
            mark.lineTo(box.topLeft() + QPointF(*_PART["mark_bottom"]))
            mark.lineTo(box.topLeft() + QPointF(*_PART["mark_end"]))
            painter.setPen(QPen(style.colour("on_accent"), line_width("mark")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(mark)
        if self.hasFocus():
            painter.setPen(QPen(style.colour("focus_ring"), line_width("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw_rounded(painter, box.adjusted(-2, -2, 2, 2), "control")
