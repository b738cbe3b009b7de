"""A button that names a choice and opens the others in a menu."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QAction, QPainter, QPaintEvent
from PyQt6.QtWidgets import QMenu, QStyle, QStyleOptionToolButton, QToolButton

from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.style import active_style, restyle

_PART = part_sizes("drop_button")
_EDGE: int = _PART["edge"]
_TEXT_RIGHT: int = _PART["text_right"]
_ICON_ROOM: int = icon_size("base") + _PART["icon_gap"]


class DropButton(QToolButton):
    """Icon, text and a caret; the menu holds checkable choices."""

    def __init__(self, text: str, icon: str = "") -> None:
        super().__init__()
        self._icon_name = icon
        self.setText(text)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        restyle(self, kind="plain")

    def add_choice(self, text: str, hint: str = "") -> QAction:
        """Add a checkable choice; `hint` stands at its right."""
        action = QAction(f"{text}\t{hint}" if hint else text, self._menu)
        action.setCheckable(True)
        action.setData(text)
        self._menu.addAction(action)
        return action

    def add_separator(self) -> None:
        """Add a line to the menu."""
        self._menu.addSeparator()

    def clear_choices(self) -> None:
        """Empty the menu."""
        self._menu.clear()

    def check(self, text: str) -> None:
        """Mark one choice, without a signal."""
        for action in self._menu.actions():
            action.setChecked(action.data() == text)

    def sizeHint(self) -> QSize:
        """Return room for icon, text and caret."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        width += _EDGE + (_ICON_ROOM if self._icon_name else 0) + _PART["spare"] + _TEXT_RIGHT
        return QSize(width, active_style().px(control("height")))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the choice is always readable."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ground by the style sheet, then icon, text and caret."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        style = self.style()
        if style is not None:
            style.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)
        colours = active_style()
        on = self.isEnabled()
        middle = self.height() // 2
        x = _EDGE
        if self._icon_name:
            quiet = colours.colour("text_muted" if on else "text_disabled")
            draw_icon(painter, self._icon_name, icon_square(x, middle, "base"), quiet)
            x += _ICON_ROOM
        painter.setPen(colours.colour("text" if on else "text_disabled"))
        painter.setFont(self.font())
        area = QRect(x, 0, self.width() - x - _TEXT_RIGHT, self.height())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        caret = colours.colour("text_muted" if on else "text_disabled")
        left = self.width() - _EDGE - icon_size("caption")
        draw_icon(painter, "ph.caret-down", icon_square(left, middle, "caption"), caret)
