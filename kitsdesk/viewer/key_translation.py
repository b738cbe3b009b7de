"""Qt key events in the words of KeyPress: physical digits, modifiers, keys held down."""

from __future__ import annotations

import sys

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from kitsdesk.viewer.input_events import KeyPress

# Scan codes of the physical digit row, "1" first and "0" last: X11 and Wayland number keys
# from evdev + 8, Windows from the PC's set 1, macOS has its own virtual keys.
_EVDEV_DIGITS = {10 + place: digit for place, digit in enumerate("1234567890")}
_WINDOWS_DIGITS = {2 + place: digit for place, digit in enumerate("1234567890")}
_MAC_DIGITS = dict(zip((18, 19, 20, 21, 23, 22, 26, 28, 25, 29), "1234567890", strict=True))
_OWN_SHORTCUTS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_MODIFIERS = (
    ("ctrl", Qt.KeyboardModifier.ControlModifier),
    ("shift", Qt.KeyboardModifier.ShiftModifier),
    ("alt", Qt.KeyboardModifier.AltModifier),
)
_MODIFIER_KEYS = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta}


def modifier_names(modifiers: Qt.KeyboardModifier) -> frozenset[str]:
    """Return the modifiers that are down as "ctrl", "shift" and "alt"."""
    return frozenset(name for name, flag in _MODIFIERS if modifiers & flag)


def key_press(event: QKeyEvent, view: str) -> KeyPress:
    """Return a Qt key event as the rest of the window sees it."""
    return KeyPress(
        key=physical_key(event),
        text=event.text(),
        modifiers=modifier_names(event.modifiers()),
        repeat=event.isAutoRepeat(),
        view=view,
    )


def physical_key(event: QKeyEvent) -> int:
    """Return the event's key, for the digit row the digit that stands on the key in any
    layout (on a French keyboard the row types letters with accents)."""
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return event.key()
    digit = _digit(event)
    if digit is None or Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
        return event.key()
    return int(Qt.Key.Key_0) + int(digit)


def belongs_to_canvas(event: QKeyEvent) -> bool:
    """Return whether the canvas takes a key before the window's shortcuts may.

    Single keys, arrows and Space are the canvas's; anything with Ctrl or Alt, the function
    keys and Tab belong to menus and focus. A digit key that types another sign in this
    layout is the canvas's also with Ctrl or Alt: no shortcut would know it for a digit.
    """
    key = event.key()
    if event.modifiers() & _OWN_SHORTCUTS:
        return physical_key(event) != key
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return False
    return key not in _MODIFIER_KEYS and not is_focus_key(event)


def is_focus_key(event: QKeyEvent) -> bool:
    """Return whether a key moves the focus and is left to Qt."""
    return event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


def _digit(event: QKeyEvent) -> str | None:
    if sys.platform == "darwin":
        return _MAC_DIGITS.get(event.nativeVirtualKey())
    table = _WINDOWS_DIGITS if sys.platform == "win32" else _EVDEV_DIGITS
    return table.get(event.nativeScanCode())
