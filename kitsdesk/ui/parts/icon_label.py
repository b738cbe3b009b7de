"""A glyph beside text, following the theme."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.parts.labels import Role, Tone, text_label
from kitsdesk.ui.spacing import SPACE_6
from kitsdesk.ui.style import active_style

_ALONE: int = icon_size("base")
_BESIDE_TEXT: int = icon_size("small")


class Glyph(QWidget):
    """One icon as a widget of its own."""

    def __init__(self, name: str, role: str = "text_muted", size: int = _ALONE) -> None:
        super().__init__()
        self._name, self._role, self._size = name, role, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_glyph(self, name: str, role: str) -> None:
        """Show another icon or colour role."""
        self._name, self._role = name, role
        self.update()

    def sizeHint(self) -> QSize:
        """Return the icon's square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the icon in its role's colour."""
        painter = QPainter(self)
        role = self._role if self.isEnabled() else "text_disabled"
        draw_icon(
            painter, self._name, QRect(0, 0, self._size, self._size), active_style().colour(role)
        )


class IconLabel(QWidget):
    """An icon and a text in one row."""

    def __init__(
        self,
        name: str,
        text: str = "",
        *,
        role: str = "text_muted",
        text_role: Role = "small",
        tone: Tone = "muted",
        size: int = _BESIDE_TEXT,
    ) -> None:
        super().__init__()
        self.icon = Glyph(name, role, size)
        self.label: QLabel = text_label(text, text_role, tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_6)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.label, 1)

    def set_text(self, text: str) -> None:
        """Change the text."""
        self.label.setText(text)

    def show_state(self, name: str, role: str, text: str) -> None:
        """Change icon, colour role and text together."""
        self.icon.set_glyph(name, role)
        self.label.setText(text)
