"""The keys of the canvases: what the book says a key asks for, and holds that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import chord, key_number
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.viewer.input_events import KeyPress

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk


class CanvasKeys(QObject):
    """Asks for what a key over a canvas stands for. A hold ends when the key or the focus
    goes; pan and crosshair are held by the canvases themselves."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__()
        self._host = host
        self._hiding: set[int] = set()
        active_keys().changed.connect(self._tell_canvases)
        self._tell_canvases()

    def press(self, key: KeyPress) -> None:
        """Do what the key stands for."""
        action = active_keys().action_of(chord(key.key, key.modifiers))
        if action is None:
            return
        if action == ActionId.HOLD_HIDE and not key.repeat:
            self._hiding.add(key.key)
            self._host.canvas.set_mask_visible(False)
        elif not RECORDS[action].hold and (RECORDS[action].repeats or not key.repeat):
            self._host.window.run_action(action)

    def release(self, key: KeyPress) -> None:
        """End a hold."""
        if key.key in self._hiding:
            self._hiding.discard(key.key)
            shown = self._host.window.registry.is_checked(ActionId.SHOW_MASK)
            self._host.canvas.set_mask_visible(shown)

    def _tell_canvases(self) -> None:
        gestures = self._host.canvas.gestures
        gestures.pan_key = _first(ActionId.HOLD_PAN)
        gestures.crosshair_key = _first(ActionId.HOLD_CROSSHAIR)
        gestures.erase_key = _first(ActionId.HOLD_ERASE)


def _first(action: ActionId) -> int:
    keys = active_keys().keys(action)
    return key_number(keys[0]) if keys else 0
