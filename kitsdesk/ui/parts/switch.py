"""An on/off switch."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen

from kitsdesk.ui.design_tokens import control, control_size, line_width, part_sizes
from kitsdesk.ui.parts.focus_ring import draw_ring
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.toggle import Toggle
from kitsdesk.ui.style import active_style

_WIDTH, _HEIGHT = control_size("switch")
_KNOB: int = part_sizes("switch")["knob"]
_AROUND: float = line_width("edge")


class Switch(Toggle):
    """Checked is on; Space toggles it as any button."""

    def sizeHint(self) -> QSize:
        """Return the switch with the least height of a target."""
        return QSize(_WIDTH + round(2 * _AROUND), control("minimum_target"))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw track and knob; a focused switch has the ring."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(_AROUND, (self.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        on = self.isChecked() and self.isEnabled()
        border = "accent_fill" if on else "border_strong"
        painter.setPen(
            QPen(style.colour(border if self.isEnabled() else "border"), line_width("edge"))
        )
        painter.setBrush(style.colour("accent_fill" if on else "raised"))
        draw_rounded(painter, track.adjusted(0.5, 0.5, -0.5, -0.5), "switch")
        painter.setPen(Qt.PenStyle.NoPen)
        knob = "on_accent" if on else ("text_muted" if self.isEnabled() else "text_disabled")
        painter.setBrush(style.colour(knob))
        inset = (_HEIGHT - _KNOB) / 2
        x = track.right() - inset - _KNOB if self.isChecked() else track.left() + inset
        painter.drawEllipse(QRectF(x, track.top() + inset, _KNOB, _KNOB))
        if self.hasFocus():
            around = track.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
            draw_ring(painter, around, "switch")
