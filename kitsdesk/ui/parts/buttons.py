"""Buttons: plain ones, icon ones, and one that shows its key beside its text."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import control, icon_size, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon, glyph
from kitsdesk.ui.parts.focus_ring import draw_ring_on_fill
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style, restyle

Kind = Literal["plain", "primary", "quiet", "plain-panel"]
Size = Literal["small", "normal", "tight", "large"]
_PART = part_sizes("buttons")
_GAP: int = _PART["gap"]
_ICON: int = icon_size("base")
_CAP: int = control("key_cap")
_CAP_PADDING: int = _PART["cap_padding"]
PADDING: dict[str, int] = _PART["padding"]


class KeyedButton(QPushButton):
    """A button with an icon before its text and the key of its action, or a
    fixed `key`, in a cap behind it."""

    def __init__(
        self,
        text: str,
        icon: str = "",
        action: ActionId | None = None,
        kind: Kind = "plain",
        size: Size = "normal",
        key: str = "",
    ) -> None:
        super().__init__(text)
        self._icon_name, self._action, self._key = icon, action, key
        restyle(self, kind=kind, extent=size)
        if action is not None:
            self._show_key()
            active_keys().changed.connect(self._show_key)

    def set_kind(self, kind: Kind) -> None:
        """Make the button plain, primary (filled) or quiet."""
        restyle(self, kind=kind)

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        self._icon_name = icon
        self.update()

    def _show_key(self) -> None:
        self._key = active_keys().shown(self._action) if self._action is not None else ""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for icon, text and key."""
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        width += _ICON + _GAP if self._icon_name else 0
        width += self._cap_width() + _GAP if self._key else 0
        padding = PADDING[str(self.property("extent"))]
        return QSize(width + 2 * padding, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the same as `sizeHint`: the text of a button is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the style sheet's ground, then icon, text and key centred on it."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        style = self.style()
        if style is not None:
            style.drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        if self.hasFocus() and self.property("kind") == "primary":
            draw_ring_on_fill(painter, self.rect().toRectF(), "control")
        self._paint_content(painter)

    def _cap_width(self) -> int:
        if not self._key:
            return 0
        metrics = self.fontMetrics()
        width = round(metrics.horizontalAdvance(self._key) * 11 / 13)
        return max(_CAP, width + _CAP_PADDING)

    def _paint_content(self, painter: QPainter) -> None:
        colours = active_style()
        primary = self.property("kind") == "primary"
        quiet = self.property("kind") == "quiet" and not self.underMouse()
        role = "on_accent" if primary else ("text_muted" if quiet else "text")
        colour = colours.colour(role if self.isEnabled() else "text_disabled")
        text_width = self.fontMetrics().horizontalAdvance(self.text())
        icon = _ICON + _GAP if self._icon_name else 0
        cap = self._cap_width()
        total = icon + text_width + (cap + _GAP if cap else 0)
        x = max(_PART["least_left"], (self.width() - total) // 2)
        if self._icon_name:
            place = QRect(x, (self.height() - _ICON) // 2, _ICON, _ICON)
            draw_icon(painter, self._icon_name, place, colour)
        painter.setPen(colour)
        painter.setFont(self.font())
        box = QRect(x + icon, 0, text_width + 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if cap:
            self._paint_cap(painter, QRect(x + total - cap, (self.height() - _CAP) // 2, cap, _CAP))

    def _paint_cap(self, painter: QPainter, box: QRect) -> None:
        colours = active_style()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on_accent = self.property("kind") == "primary" and self.isEnabled()
        painter.setPen(
            QPen(colours.colour("on_accent" if on_accent else "border"), line_width("edge"))
        )
        draw_rounded(painter, box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), "chip")
        muted = "text_muted" if self.isEnabled() else "text_disabled"
        painter.setPen(colours.colour("on_accent" if on_accent else muted))
        painter.setFont(colours.font("caption"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key)


def icon_button(icon: str, tip: str, kind: str = "icon", checkable: bool = False) -> QToolButton:
    """Return a square 28 px button; its tooltip is also its accessible name."""
    button = QToolButton()
    button.setIcon(glyph(icon, "text", "accent"))
    button.setIconSize(QSize(_ICON, _ICON))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    restyle(button, kind=kind)
    return button


def explain(widget: QWidget, enabled: bool, why: str, tip: str = "") -> None:
    """Enable or disable a widget; a disabled one says why in its tooltip."""
    widget.setEnabled(enabled)
    widget.setToolTip(tip if enabled else why)
