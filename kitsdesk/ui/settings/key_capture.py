"""A button that waits for a key: the next one pressed is the answer."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent

from kitsdesk.ui.actions.chords import NEVER, chord, modifier_of
from kitsdesk.ui.parts.buttons import KeyedButton

WAITING = "Press the new key (Esc: cancel)"


class KeyCapture(KeyedButton):
    """`captured(key)` carries the key as text; Esc, a click or the loss of focus cancels.

    A modifier alone counts when it is let go: until then it may belong to another key.
    """

    captured = pyqtSignal(str)
    # Events come while the base class is still being built.
    _waiting = False

    def __init__(self, text: str) -> None:
        super().__init__(text, "ph.keyboard")
        self._idle = text
        self.clicked.connect(lambda: self._wait(not self._waiting))

    def is_waiting(self) -> bool:
        """Return whether the next key is the answer."""
        return self._waiting

    def _wait(self, waiting: bool) -> None:
        self._waiting = waiting
        self.setText(WAITING if waiting else self._idle)
        self.setAccessibleName(self.text())
        self.updateGeometry()
        if waiting:
            self.setFocus()

    def event(self, event: QEvent | None) -> bool:
        """Keep every key from the window's shortcuts while waiting."""
        if event is not None and self._waiting and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                self._release(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Stop waiting."""
        super().focusOutEvent(event)
        self._wait(False)

    def _press(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._wait(False)
        elif event.key() not in NEVER and not modifier_of(_text(event)):
            self._answer(_text(event))

    def _release(self, event: QKeyEvent) -> None:
        if modifier_of(_text(event)):
            self._answer(_text(event))

    def _answer(self, key: str) -> None:
        self._wait(False)
        if key:
            self.captured.emit(key)


def _text(event: QKeyEvent) -> str:
    held = event.modifiers()
    names = {
        "ctrl": Qt.KeyboardModifier.ControlModifier,
        "alt": Qt.KeyboardModifier.AltModifier,
        "shift": Qt.KeyboardModifier.ShiftModifier,
    }
    return chord(event.key(), [name for name, flag in names.items() if held & flag])
