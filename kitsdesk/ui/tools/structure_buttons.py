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

from kitsdesk.ui.design_tokens import line_width
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.structure_swatch import draw_structure
from kitsdesk.ui.style import active_style, restyle
from trainer.contract.structures import STRUCTURE_NAMES


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
        self.lock.setFixedSize(24, 24)
        self.lock.setIconSize(QSize(13, 13))
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
        return QSize(80, active_style().px(52))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the lock in the upper right corner."""
        self.lock.move(self.width() - 27, 2)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw border, swatch, number and name."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        border = "focus_ring" if self.hasFocus() else ("accent" if on else "border")
        ground = "accent_soft" if on else ("hover" if self.underMouse() else "panel")
        painter.setPen(QPen(style.colour(border), line_width("focus" if on else "edge")))
        painter.setBrush(style.colour(ground))
        inset = 1.0 if on else 0.5
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        draw_rounded(painter, box, "control")
        middle = self.width() / 2
        left = middle - 26 if self._structure else middle - 18
        draw_structure(painter, QRectF(left, 8, 20, 16), self._structure)
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text" if on else "text_muted"))
        number = QRect(round(left) + 26, 6, 14, 20)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignVCenter), str(self._structure))
        painter.setFont(style.font("caption", 500 if on else 400))
        painter.setPen(style.colour("text"))
        words = QRect(0, self.height() - style.px(23), self.width(), style.px(18))
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
        row.setSpacing(8)
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
