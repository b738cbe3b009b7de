"""The preset as a wide button: its name, what it means, and the others in a menu."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QMenu, QPushButton, QStyle, QStyleOptionButton

from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.style import active_style

_PART = part_sizes("preset_button")
_EDGE: int = _PART["edge"]


class PresetButton(QPushButton):
    """`presetChosen(name)`."""

    presetChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._notes: dict[str, str] = {}
        self._name = ""
        self._menu = QMenu(self)
        self.clicked.connect(lambda: self._menu.popup(self.mapToGlobal(self.rect().bottomLeft())))

    def set_presets(self, names: tuple[str, ...], notes: dict[str, str]) -> None:
        """Offer these; the chosen one stays where it is still offered."""
        self._notes = notes
        if self._name not in names:
            self._name = names[0] if names else ""
        self._menu.clear()
        for name in names:
            note = notes.get(name, "")
            action = self._menu.addAction(f"{name}\t{note}" if note else name)
            if action is not None:
                action.triggered.connect(lambda _on, name=name: self._choose(name))
        self.setAccessibleName(f"Preset {self._name}")
        self.update()

    def preset(self) -> str:
        """Return the chosen preset."""
        return self._name

    def _choose(self, name: str) -> None:
        self._name = name
        self.setAccessibleName(f"Preset {name}")
        self.update()
        self.presetChosen.emit(name)

    def sizeHint(self) -> QSize:
        """Return the column's width."""
        return QSize(_PART["width"], active_style().px(control("height")))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw ground, name, note and caret."""
        style = active_style()
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        base = self.style()
        if base is not None:
            base.drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(style.font("base", 500))
        painter.setPen(style.colour("text"))
        painter.drawText(QRect(_EDGE, 0, _PART["name_width"], self.height()), middle, self._name)
        name = painter.fontMetrics().horizontalAdvance(self._name)
        used = _EDGE + name + _PART["note_gap"]
        note = QRect(used, 0, self.width() - used - _PART["note_right"], self.height())
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        words = painter.fontMetrics().elidedText(
            self._notes.get(self._name, ""), Qt.TextElideMode.ElideRight, note.width()
        )
        painter.drawText(note, right, words)
        side = icon_size("caption")
        caret = QRect(self.width() - _EDGE - side, (self.height() - side) // 2, side, side)
        draw_icon(painter, "ph.caret-down", caret, style.colour("text_muted"))
