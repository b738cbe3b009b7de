"""Check boxes and radio buttons, painted in the tokens' colours."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from kitsdesk.ui.design_tokens import control, icon_size, line_width, part_sizes, radius
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_PART = part_sizes("marks")
_MARK: int = icon_size("base")
_GAP: int = _PART["gap"]


class MarkButton(QAbstractButton):
    """A box (or a ring with `radio`) and its text; `boxed` draws a chip around both."""

    def __init__(self, text: str, *, radio: bool = False, boxed: bool = False) -> None:
        super().__init__()
        self._radio, self._boxed = radio, boxed
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(radio)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return mark and text."""
        style = active_style()
        width = self.fontMetrics().horizontalAdvance(self.text())
        padding = _PART["boxed_padding"] if self._boxed else 2
        height = control("height" if self._boxed else "height_small")
        return QSize(_MARK + _GAP + width + padding, style.px(height))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the mark and the text."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, enabled = self.isChecked(), self.isEnabled()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._boxed:
            painter.setPen(
                QPen(style.colour("accent" if on and enabled else "border"), line_width("edge"))
            )
            painter.setBrush(style.colour("accent_soft" if on and enabled else "raised"))
            draw_rounded(painter, box, "control")
        left = _PART["boxed_left"] if self._boxed else 0
        whole = QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK)
        mark = whole.adjusted(0.5, 0.5, -0.5, -0.5)
        self._paint_mark(painter, mark)
        if self.hasFocus():
            painter.setPen(QPen(style.colour("focus_ring"), line_width("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = mark.adjusted(-2, -2, 2, 2)
            corner = _PART["ring_corner"] if self._radio else radius("control")
            painter.drawRoundedRect(around, corner, corner)
        painter.setPen(style.colour("text" if enabled else "text_disabled"))
        painter.setFont(style.font("base", 500 if on else 400))
        words = QRectF(mark.right() + _GAP, 0, self.width(), self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        style = active_style()
        on, enabled = self.isChecked(), self.isEnabled()
        border = "border_strong" if enabled else "border"
        fill = "accent_fill" if on and enabled else "panel"
        painter.setPen(
            QPen(style.colour("accent_fill" if on and enabled else border), line_width("thin"))
        )
        painter.setBrush(style.colour(fill))
        ink = style.colour("on_accent" if enabled else "text_disabled")
        if self._radio:
            painter.drawEllipse(mark)
            if on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink)
                painter.drawEllipse(
                    QPointF(mark.center()), _PART["dot_radius"], _PART["dot_radius"]
                )
            return
        draw_rounded(painter, mark, "chip")
        if on:
            draw_icon(painter, "ph.check", mark.adjusted(2, 2, -2, -2), ink)
