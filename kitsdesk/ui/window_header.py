"""The bar at the top: menus, the project's name in the middle, model and command field."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QMenuBar, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.spacing import EDGE, SPACE_4, SPACE_6, SPACE_8, SPACE_12, SPACE_16
from kitsdesk.ui.style import active_style

_PART = part_sizes("window_header")
HEADER_HEIGHT: int = control("menu_bar")
FIELD_WIDTH: int = _PART["field_width"]


class CommandField(QWidget):
    """Looks like a field, opens the command palette."""

    clicked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("field", "command")
        self.setFixedSize(
            active_style().px(FIELD_WIDTH), active_style().px(control("height_small"))
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Find a command")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_8, 0, SPACE_4, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(Glyph("ph.magnifying-glass", "text_muted", icon_size("small")))
        row.addWidget(text_label("Find a command", "small", "muted"), 1)
        self._key = text_label("", "keycap")
        row.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        self._show_key()
        active_keys().changed.connect(self._show_key)

    def _show_key(self) -> None:
        key = active_keys().shown(ActionId.COMMAND_PALETTE)
        self._key.setText(key)
        self._key.setVisible(bool(key))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Open the palette."""
        self.clicked.emit()


class ModelLabel(QWidget):
    """The models in use; a click asks for Models…."""

    clicked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._prefix = text_label("Model", "small", "muted")
        self._name = text_label("", "small", "", "medium")
        self._folds = text_label("", "small", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        row.addWidget(Glyph("ph.tree-structure", "text_muted", icon_size("small")))
        for part in (self._prefix, self._name, self._folds):
            row.addWidget(part)
        self.set_model("", 0)

    def set_model(self, name: str, folds: int) -> None:
        """Show the models in use ("" = none) with the number of their folds."""
        self._prefix.setText("Model" if name else "No model")
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._folds.setText(f"· {folds} fold{'s' if folds != 1 else ''}")
        self._folds.setVisible(bool(name) and folds > 0)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the models."""
        self.clicked.emit()


class WindowHeader(QWidget):
    """Menus left, the title in the exact middle, the corner right."""

    def __init__(self, registry: ActionRegistry) -> None:
        super().__init__()
        self.setFixedHeight(active_style().px(HEADER_HEIGHT))
        self.bar = QMenuBar()
        self.bar.setNativeMenuBar(False)
        registry.fill(self.bar)
        self.model = ModelLabel()
        self.command = CommandField()
        self._title = text_label("", "small", "", "semibold")
        self._title.setParent(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_6, 0, SPACE_12, EDGE)
        row.setSpacing(SPACE_16)
        row.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.model)
        row.addWidget(self.command)

    def set_title(self, title: str) -> None:
        """Show the project's name."""
        self._title.setText(title)
        self._place_title()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the title in the middle."""
        super().resizeEvent(event)
        self._place_title()

    def _place_title(self) -> None:
        self._title.adjustSize()
        x = (self.width() - self._title.width()) // 2
        self._title.move(x, (self.height() - 1 - self._title.height()) // 2)
        self._title.setVisible(x > self.bar.sizeHint().width() + 12)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ground and the line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), active_style().colour("window"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, active_style().colour("border"))
