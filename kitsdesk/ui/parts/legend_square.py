"""The small square of a legend."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_SIDE: int = part_sizes("legend_square")["side"]


class LegendSquare(QWidget):
    """A colour role as a small square."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(active_style().colour(self._role))
        draw_rounded(painter, QRectF(self.rect()), "thin_bar")
