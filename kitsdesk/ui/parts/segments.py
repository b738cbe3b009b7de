"""A row of choices that share one border; one of them, or none, is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QToolButton, QWidget

from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.spacing import EDGE
from kitsdesk.ui.style import active_style, restyle

_PART = part_sizes("segments")
LEAST_TARGET: int = control("minimum_target")


class SegmentButton(QToolButton):
    """As wide as its text at the weight it has while chosen, so that nothing moves."""

    def sizeHint(self) -> QSize:
        """Return text, icon and padding."""
        self.ensurePolished()
        small = self.property("small") == "true"
        font = active_style().font("small" if small else "base", 500)
        words = QFontMetrics(font).horizontalAdvance(self.text())
        width = words + _PART["small_padding" if small else "padding"]
        icon = 0 if self.icon().isNull() else _PART["icon_room"]
        height = control("height_small") if small else _PART["height"]
        return QSize(max(width + icon, LEAST_TARGET), active_style().px(height))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()


class Segments(QWidget):
    """`chosen` carries the key of the choice a person made, "" where it was taken back."""

    chosen = pyqtSignal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        optional: bool = False,
        small: bool = False,
        icons: dict[str, str] | None = None,
        columns: int = 0,
    ) -> None:
        """Stand in one row, or in rows of `columns`."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("segments", "true")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(not optional)
        self._optional = optional
        rows = QGridLayout(self)
        rows.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        rows.setSpacing(0)
        for place, (key, text) in enumerate(choices):
            button = self._make(key, text, small, (icons or {}).get(key, ""))
            rows.addWidget(button, *divmod(place, columns or len(choices)))

    def _make(self, key: str, text: str, small: bool, icon: str) -> QToolButton:
        button = SegmentButton()
        button.setText(text)
        button.setCheckable(True)
        button.setAccessibleName(text)
        restyle(button, segment="true", small="true" if small else "false")
        if icon:
            button.setIcon(glyph(icon, "text_muted", "text"))
            button.setIconSize(QSize(icon_size("small"), icon_size("small")))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda checked, key=key: self._clicked(key, checked))
        self._group.addButton(button)
        self._buttons[key] = button
        return button

    def _clicked(self, key: str, checked: bool) -> None:
        if self._optional and checked:
            self.set_chosen(key)
        self.chosen.emit(key if checked or not self._optional else "")

    def set_chosen(self, key: str) -> None:
        """Show `key` as chosen ("" = none) without a signal."""
        exclusive = self._group.exclusive()
        self._group.setExclusive(False)
        for name, button in self._buttons.items():
            button.setChecked(name == key)
        self._group.setExclusive(exclusive)

    def current(self) -> str:
        """Return the chosen key, "" for none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def button(self, key: str) -> QToolButton:
        """Return one choice's button, for its tooltip or to disable it."""
        return self._buttons[key]
