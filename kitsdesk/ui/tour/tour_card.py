"""The card of a step: title, a sentence or two, Back, Next and Leave; it stands beside its part."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.guide.tour_steps import TourStep
from kitsdesk.ui.actions.chords import chord
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import text_label, wrapped_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.spacing import SPACE_4, SPACE_6, SPACE_8, SPACE_14, SPACE_16, SPACE_20
from kitsdesk.ui.style import active_style
from kitsdesk.ui.tour.spotlight import Spotlight

_PART = part_sizes("tour_card")
WIDTH: int = _PART["width"]
AWAY: int = _PART["away"]
MARGIN: int = _PART["margin"]
Find = Callable[[TourStep], QRect]
_HELD = (
    (Qt.KeyboardModifier.ControlModifier, "ctrl"),
    (Qt.KeyboardModifier.AltModifier, "alt"),
    (Qt.KeyboardModifier.ShiftModifier, "shift"),
)


class TourCard(Sheet):
    """`nextAsked()`, `backAsked()`, `leaveAsked()`; `keyAsked(chord)` is any other key, which
    a person pressed because the card told so."""

    nextAsked = pyqtSignal()
    backAsked = pyqtSignal()
    leaveAsked = pyqtSignal()
    keyAsked = pyqtSignal(str)

    def __init__(self, window: QWidget, find: Find) -> None:
        super().__init__()
        self._window, self._find = window, find
        self._step: TourStep | None = None
        self._light = Spotlight(window)
        self.setParent(window)
        self._title = text_label("", "title")
        self._text = wrapped_label("")
        self._count = text_label("", "small", "muted")
        self._back = KeyedButton("Back", kind="quiet", size="small")
        self._next = KeyedButton("Next", kind="primary", size="small")
        self._leave = KeyedButton("Leave", kind="quiet", size="small", key="Esc")
        self._lay_out()
        self._next.clicked.connect(self.nextAsked)
        self._back.clicked.connect(self.backAsked)
        self._leave.clicked.connect(self.leaveAsked)
        for button in (self._next, self._back, self._leave):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        active_style().changed.connect(self._place)
        window.installEventFilter(self)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_6)
        row.addWidget(self._count, 1)
        for button in (self._leave, self._back, self._next):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_20, SPACE_16, SPACE_16, SPACE_14)
        column.setSpacing(SPACE_8)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(SPACE_4)
        column.addLayout(row)

    def show_step(self, step: TourStep, number: int, total: int) -> None:
        """Point at the step's part and take the keys."""
        self._step = step
        self._title.setText(step.title)
        self._text.setText(step.text)
        self.setAccessibleName(f"Tour, step {number} of {total}: {step.title}")
        self._count.setText(f"{number} of {total}")
        self._back.setEnabled(number > 1)
        self._next.setText("Done" if number == total else "Next")
        self._next.updateGeometry()
        self._light.show()
        self.show()
        self._place()
        self.setFocus()

    def close_tour(self) -> None:
        """Hide card and spotlight; nothing else was changed."""
        self._step = None
        self.hide()
        self._light.hide()

    def close_sheet(self) -> None:
        """Esc leaves the tour."""
        self.leaveAsked.emit()

    def title(self) -> str:
        """Return the title shown."""
        return self._title.text()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows and Enter go through the steps, Esc leaves, other keys are the window's."""
        if event is None:
            return
        key = event.key()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.nextAsked.emit()
        elif plain and key == Qt.Key.Key_Left:
            self.backAsked.emit()
        elif plain and key == Qt.Key.Key_Escape:
            self.leaveAsked.emit()
        else:
            held = [name for flag, name in _HELD if event.modifiers() & flag]
            self.keyAsked.emit(chord(key, held))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the window's size."""
        if event is not None and event.type() == QEvent.Type.Resize and self._step is not None:
            self._place()
        return False

    def sizeHint(self) -> QSize:
        """Return the card's size, as high as its words need."""
        width = active_style().px(WIDTH)
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 160
        return QSize(width, height)

    def _place(self) -> None:
        if self._step is None:
            return
        room = self._window.rect()
        spot = self._find(self._step).intersected(room)
        self._light.setGeometry(room)
        self._light.set_spot(spot)
        size = self.sizeHint()
        self.setGeometry(QRect(beside(spot, size, room), size))
        self._light.raise_()
        self.raise_()


def beside(spot: QRect, size: QSize, room: QRect) -> QPoint:
    """Return where a card of `size` stands: right of the spot, left, below, above, or over its
    middle where there is no room beside it."""
    if spot.isEmpty():
        return QPoint((room.width() - size.width()) // 2, (room.height() - size.height()) // 2)
    y = min(max(MARGIN, spot.top()), room.height() - size.height() - MARGIN)
    x = min(max(MARGIN, spot.left()), room.width() - size.width() - MARGIN)
    right, left = spot.right() + AWAY, spot.left() - AWAY - size.width()
    below, above = spot.bottom() + AWAY, spot.top() - AWAY - size.height()
    if right + size.width() + MARGIN <= room.width():
        return QPoint(right, y)
    if left >= MARGIN:
        return QPoint(left, y)
    if below + size.height() + MARGIN <= room.height():
        return QPoint(x, below)
    if above >= MARGIN:
        return QPoint(x, above)
    return QPoint(spot.center().x() - size.width() // 2, spot.center().y() - size.height() // 2)
