"""Keys in the fields around the canvases: typing is undone there, and Enter or Esc gives
the keys back to the canvases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.chords import chord
from kitsdesk.ui.actions.key_book import active_keys

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

LEAVES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
TYPED = (QLineEdit, QPlainTextEdit)
FIELDS = (*TYPED, QAbstractSpinBox)


class FieldKeys(QObject):
    """Watches the field with the focus; one of a sheet keeps the focus there."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._watch)

    def close(self) -> None:
        """Watch no more; called when the window ends before the application."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.disconnect(self._watch)
        self._watch(application.focusWidget(), None)

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        # Only the field that has the keys: a filter on the application would see every event.
        if isinstance(old, FIELDS):
            old.removeEventFilter(self)
        if isinstance(new, FIELDS):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Undo typing in a field; after Enter and Esc, which it has first, leave it."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(watched, TYPED):
            if _asks(event) is not None:
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress:
            asked = _asks(event)
            if asked is not None and isinstance(watched, TYPED):
                (watched.undo if asked == ActionId.UNDO else watched.redo)()
                return True
            field = isinstance(watched, QLineEdit | QAbstractSpinBox)
            if field and event.key() in LEAVES and self._beside(watched):
                QTimer.singleShot(0, self._back)
        return False

    def _beside(self, field: QWidget) -> bool:
        window = self._host.window
        sheets = (window.settings, window.retrain, window.palette_sheet, window.keys)
        outside = not any(sheet.isAncestorOf(field) for sheet in sheets)
        return outside and window.isAncestorOf(field)

    def _back(self) -> None:
        window = self._host.window
        focused = window.focusWidget()
        still_there = focused is None or isinstance(focused, QLineEdit | QAbstractSpinBox)
        if still_there and window.centre.page() == "views" and self._host.canvas.isVisible():
            self._host.canvas.take_focus()


def _asks(event: QKeyEvent) -> ActionId | None:
    """Return undo or redo where a key event asks for one of them."""
    held = event.modifiers()
    flags = {
        "ctrl": Qt.KeyboardModifier.ControlModifier,
        "alt": Qt.KeyboardModifier.AltModifier,
        "shift": Qt.KeyboardModifier.ShiftModifier,
    }
    names = [name for name, flag in flags.items() if held & flag]
    action = active_keys().action_of(chord(event.key(), names))
    return action if action in (ActionId.UNDO, ActionId.REDO) else None
