"""A sheet: floats over the window with a shadow, not modal; Esc closes it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QKeyEvent
from PyQt6.QtWidgets import QFrame, QGraphicsDropShadowEffect

from kitsdesk.ui.design_tokens import canvas_background, part_sizes

_PART = part_sizes("sheet")
SHADOW_OPACITY = 0.55


class Sheet(QFrame):
    """Hidden until it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "sheet")
        # It takes the keys as it opens, and is no stop on the way from control to control.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(_PART["shadow_blur"])
        shadow.setOffset(0, _PART["shadow_drop"])
        dark = QColor(canvas_background())
        dark.setAlphaF(SHADOW_OPACITY)
        shadow.setColor(dark)
        self.setGraphicsEffect(shadow)
        self.hide()

    def close_sheet(self) -> None:
        """Close and keep what was chosen."""
        self.hide()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc closes."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)
