"""Which keys ask for what: the records' standard keys, with what a person changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import is_for_canvas, shown

_BOOK_PROPERTY = "kitsdesk_keys"


class KeyBook(QObject):
    """One key asks for one thing. `changed()` tells menus, sheets and tooltips to read again."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edited: dict[ActionId, tuple[str, ...]] = {}
        self._by_key: dict[str, ActionId] = {}
        self._index()

    def keys(self, action: ActionId) -> tuple[str, ...]:
        """Return an action's keys now."""
        return self._edited.get(action, RECORDS[action].keys)

    def action_of(self, key: str) -> ActionId | None:
        """Return what a key asks for."""
        return self._by_key.get(key)

    def shortcuts(self, action: ActionId) -> list[str]:
        """Return the keys that work wherever the focus is."""
        return [key for key in self.keys(action) if not is_for_canvas(key)]

    def shown(self, action: ActionId) -> str:
        """Return the first key as people read it, "" for none; a hold says so."""
        keys = self.keys(action)
        hold = "hold " if RECORDS[action].hold else ""
        return f"{hold}{shown(keys[0])}" if keys else ""

    def all_shown(self, action: ActionId) -> str:
        """Return every key as people read them."""
        hold = "hold " if RECORDS[action].hold else ""
        keys = " · ".join(shown(key) for key in self.keys(action))
        return f"{hold}{keys}" if keys else ""

    def is_edited(self, action: ActionId) -> bool:
        """Return whether an action's keys differ from the standard."""
        return action in self._edited

    def set_keys(self, action: ActionId, keys: Sequence[str]) -> None:
        """Give an action these keys; whatever had one of them loses it."""
        for key in keys:
            owner = self._by_key.get(key)
            if owner is not None and owner != action:
                self._edit(owner, tuple(k for k in self.keys(owner) if k != key))
        self._edit(action, tuple(keys))
        self._tell()

    def reset(self, action: ActionId) -> None:
        """Give an action its standard keys again, also where another one had taken them."""
        self.set_keys(action, RECORDS[action].keys)

    def reset_all(self) -> None:
        """Give every action its standard keys."""
        self._edited.clear()
        self._tell()

    def edited(self) -> dict[str, list[str]]:
        """Return what differs from the standard, for the settings."""
        return {action.value: list(keys) for action, keys in self._edited.items()}

    def load(self, edited: Mapping[str, Sequence[str]]) -> None:
        """Take what the settings kept; actions that are not known are left out."""
        known = {action.value: action for action in ActionId}
        self._edited.clear()
        for name, keys in edited.items():
            if name in known:
                self._edit(known[name], tuple(keys))
        self._tell()

    def _edit(self, action: ActionId, keys: tuple[str, ...]) -> None:
        if keys == RECORDS[action].keys:
            self._edited.pop(action, None)
        else:
            self._edited[action] = keys
        self._index()

    def _index(self) -> None:
        self._by_key = {key: action for action in ActionId for key in self.keys(action)}

    def _tell(self) -> None:
        self._index()
        self.changed.emit()


def active_keys() -> KeyBook:
    """Return the application's keys; makes the standard ones where none are yet."""
    app = cast("QApplication | None", QApplication.instance())
    if app is None:
        raise RuntimeError("a QApplication must exist before its keys are used")
    existing = app.property(_BOOK_PROPERTY)
    if isinstance(existing, KeyBook):
        return existing
    book = KeyBook(app)
    app.setProperty(_BOOK_PROPERTY, book)
    return book
