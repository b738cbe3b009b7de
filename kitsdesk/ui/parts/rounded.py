"""Rectangles with round corners, as round as their role has them."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from kitsdesk.ui.design_tokens import radius


def draw_rounded(painter: QPainter, box: QRectF, role: str) -> None:
    """Draw a chip, control, card, dialog or bar with the pen and brush that are set."""
    painter.drawRoundedRect(box, radius(role), radius(role))
