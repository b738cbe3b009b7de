"""Chips as delegates paint them."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen

from kitsdesk.review.rows import Chip
from kitsdesk.ui.design_tokens import icon_size, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_PART = part_sizes("chips")
CHIP_HEIGHT: int = _PART["chip_height"]
_ICON: int = icon_size("caption")
_PADDING: int = _PART["padding"]
_ICON_GAP: int = _PART["icon_gap"]


def chip_width(chip: Chip) -> float:
    """Return the width of a chip in px."""
    style = active_style()
    warning = chip.kind == "warning"
    font = style.font("caption", 500 if warning else 400)
    width = QFontMetricsF(font).horizontalAdvance(chip.text) + 2 * _PADDING
    return width + (_ICON + _ICON_GAP if warning else 0)


def draw_chip(painter: QPainter, chip: Chip, x: float, y: float, width: float) -> None:
    """Draw a chip at (x, y), its text shortened to `width`."""
    style = active_style()
    warning = chip.kind == "warning"
    box = QRectF(x, y, width, style.px(CHIP_HEIGHT))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if warning:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("warning_soft"))
        draw_rounded(painter, box, "chip")
    else:
        edge = style.colour("border_strong")
        edge.setAlphaF(0.45)
        painter.setPen(QPen(edge, line_width("edge")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_rounded(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), "chip")
    colour = style.colour("warning" if warning else "text_muted")
    inner = box.adjusted(_PADDING, 0, -_PADDING, 0)
    if warning:
        place = icon_square(inner.left(), box.center().y(), "caption")
        draw_icon(painter, "ph.warning", place, colour)
        inner.setLeft(inner.left() + _ICON + _ICON_GAP)
    font = style.font("caption", 500 if warning else 400)
    painter.setFont(font)
    painter.setPen(colour)
    text = QFontMetricsF(font).elidedText(chip.text, Qt.TextElideMode.ElideRight, inner.width() + 1)
    painter.drawText(inner.adjusted(0, 0, 2, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()


def draw_chips(
    painter: QPainter, chips: tuple[Chip, ...], x: float, y: float, right: float
) -> None:
    """Draw chips from `x` on; one that does not fit is shortened, the rest left out."""
    for chip in chips:
        room = right - x
        width = chip_width(chip)
        if room < min(width, _PART["least_width"]):
            return
        draw_chip(painter, chip, x, y, min(width, room))
        x += width + _PART["gap"]
