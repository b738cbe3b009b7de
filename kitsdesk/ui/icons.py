"""Icons from icon fonts, drawn with the theme's colours at the moment they are painted.

An icon holds a name and a colour role, never a pixmap, so a change of theme needs no
icon to be made again.
"""

from __future__ import annotations

from typing import Any

import qtawesome
from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter, QPixmap

from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.style import active_style
from trainer.contract.export_manifest import Decision

DECISION_ICONS: dict[Decision, tuple[str, str]] = {
    "unreviewed": ("ph.circle", "text_muted"),
    "kept": ("ph.check-circle", "success"),
    "corrected": ("ph.pencil-simple", "success"),
    "replaced": ("ph.swap", "success"),
    "excluded": ("ph.prohibit", "text_muted"),
    "deferred": ("ph.clock", "warning"),
}


def draw_icon(painter: QPainter, name: str, rect: QRect | QRectF, colour: QColor) -> None:
    """Draw the glyph `name` (such as "ph.check") centred in `rect`, as high as the rect."""
    area = QRectF(rect)
    font: Any = qtawesome.font(name.split(".")[0], max(1, round(area.height())))
    if not isinstance(font, QFont):
        return
    painter.save()
    painter.setFont(font)
    painter.setPen(colour)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
    painter.drawText(area, int(flags), qtawesome.charmap(name))
    painter.restore()


def icon_square(left: float, middle: float, role: str) -> QRectF:
    """Return the place of an icon of a role from its left edge and the height of its middle."""
    side = icon_size(role)
    return QRectF(left, middle - side / 2, side, side)


class GlyphEngine(QIconEngine):
    """Draws one glyph in the role of its state: normal, checked or disabled."""

    def __init__(self, name: str, role: str, checked_role: str) -> None:
        super().__init__()
        self._name, self._role, self._checked_role = name, role, checked_role

    def paint(
        self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        """Draw the glyph in the colour of its state."""
        role = self._checked_role if state == QIcon.State.On else self._role
        if mode == QIcon.Mode.Disabled:
            role = "text_disabled"
        if painter is not None:
            draw_icon(painter, self._name, rect, active_style().colour(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the glyph on a transparent ground."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Return a copy, as Qt asks when an icon is detached."""
        return GlyphEngine(self._name, self._role, self._checked_role)


def glyph(name: str, role: str = "text", checked_role: str = "") -> QIcon:
    """Return the icon `name` in a colour role, in another one while its button is checked."""
    return QIcon(GlyphEngine(name, role, checked_role or role))


def decision_glyph(decision: Decision) -> QIcon:
    """Return a decision's icon; green where it is settled, amber where it was put off."""
    name, role = DECISION_ICONS[decision]
    return glyph(name, role)
