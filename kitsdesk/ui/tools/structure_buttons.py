"""The row of structures: what tools paint, and which structures are locked."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from kitsdesk.ui.design_tokens import control, line_width, part_sizes
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.parts.focus_ring import draw_ring, draw_ring_within
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.structure_swatch import (
    SWATCH_HEIGHT,
    SWATCH_WIDTH,
    draw_structure,
    swatch_box,
)
from kitsdesk.ui.spacing import SPACE_8
from kitsdesk.ui.style import active_style, restyle
from trainer.contract.structures import STRUCTURE_NAMES

_PART = part_sizes("structure_buttons")
_LOCK: int = control("minimum_target")


class StructureButton(QAbstractButton):
    """Swatch, number, name; the lock in its corner is a button of its own."""

    lockToggled = pyqtSignal(int, bool)

    def __init__(self, structure: int) -> None:
        super().__init__()
        self._structure = structure
        name = STRUCTURE_NAMES[structure]
        self.setText(name.capitalize())
        self.setCheckable(True)
        self.setAccessibleName(f"Paint {name}")
        self.setToolTip(f"Paint {name} ({structure})")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lock = QToolButton(self)
        self.lock.setCheckable(True)
        self.lock.setVisible(structure > 0)
        self.lock.setFixedSize(_LOCK, _LOCK)
        self.lock.setIconSize(QSize(_PART["lock_icon"], _PART["lock_icon"]))
        self.lock.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        restyle(self.lock, kind="quiet")
        self.lock.toggled.connect(self._lock_changed)
        self._show_lock(False)

    def _lock_changed(self, locked: bool) -> None:
        self._show_lock(locked)
        self.lockToggled.emit(self._structure, locked)

    def _show_lock(self, locked: bool) -> None:
        name = self.text().lower()
        icon, role = ("ph.lock-simple", "text") if locked else ("ph.lock-simple-open", "text_muted")
        self.lock.setIcon(glyph(icon, role))
        tip = f"{self.text()} is locked: no tool changes it" if locked else f"Lock {name}"
        self.lock.setToolTip(tip)
        self.lock.setAccessibleName(tip)

    def set_locked(self, locked: bool) -> None:
        """Show the lock without a signal."""
        blocked = self.lock.blockSignals(True)
        self.lock.setChecked(locked)
        self.lock.blockSignals(blocked)
        self._show_lock(locked)

    def sizeHint(self) -> QSize:
        """Return a cell of the row."""
        width, height = _PART["cell"]
        return QSize(width, active_style().px(height))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the lock in the upper right corner."""
        self.lock.move(self.width() - _PART["lock_right"] - _LOCK, _PART["lock_top"])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw border, swatch, number and name."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        border = "accent" if on else "border"
        ground = "accent_soft" if on else ("hover" if self.underMouse() else "panel")
        painter.setPen(QPen(style.colour(border), line_width("focus" if on else "edge")))
        painter.setBrush(style.colour(ground))
        inset = 1.0 if on else 0.5
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        draw_rounded(painter, box, "control")
        if self.hasFocus():
            ring = draw_ring_within if on else draw_ring
            ring(painter, QRectF(self.rect()), "control")
        middle = self.width() / 2
        left = middle - _PART["swatch_before_middle" if self._structure else "swatch_without_lock"]
        swatch = swatch_box(left, _PART["swatch_top"] + SWATCH_HEIGHT / 2)
        draw_structure(painter, swatch, self._structure)
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text" if on else "text_muted"))
        width, height = _PART["number_size"]
        beside = round(left) + SWATCH_WIDTH + _PART["number_gap"]
        number = QRect(beside, _PART["number_top"], width, height)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignVCenter), str(self._structure))
        painter.setFont(style.font("caption", 500 if on else 400))
        painter.setPen(style.colour("text"))
        top = self.height() - style.px(_PART["name_from_bottom"])
        words = QRect(0, top, self.width(), style.px(_PART["name_height"]))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())


class StructureRow(QWidget):
    """`structureChosen(value)`, `lockToggled(value, locked)`."""

    structureChosen = pyqtSignal(int)
    lockToggled = pyqtSignal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons = {value: StructureButton(value) for value in STRUCTURE_NAMES}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        for value, button in self._buttons.items():
            row.addWidget(button)
            self._group.addButton(button, value)
            button.lockToggled.connect(self.lockToggled)
        self._group.idClicked.connect(self.structureChosen)
        self.set_structure(2)

    def set_structures(self, values: Sequence[int]) -> None:
        """Offer only these structures."""
        for value, button in self._buttons.items():
            button.setVisible(value in values)

    def set_structure(self, value: int) -> None:
        """Mark the structure that tools paint, without a signal."""
        self._buttons[value].setChecked(True)

    def set_locked(self, value: int, locked: bool) -> None:
        """Show a structure's lock, without a signal."""
        self._buttons[value].set_locked(locked)

    def locked(self) -> frozenset[int]:
        """Return the locked structures."""
        return frozenset(v for v, button in self._buttons.items() if button.lock.isChecked())
