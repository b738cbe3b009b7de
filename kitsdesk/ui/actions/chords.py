"""Keys as text, such as "Ctrl+Shift+Right": one spelling for records, settings and events."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

MODIFIERS = ("ctrl", "alt", "shift")
_MODIFIER_KEYS: dict[int, str] = {
    Qt.Key.Key_Control: "Ctrl",
    Qt.Key.Key_Alt: "Alt",
    Qt.Key.Key_Shift: "Shift",
}
# Keys that the focus, the system or an input method needs.
NEVER: frozenset[int] = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    }
)
_FIRST_NAMED_KEY = 0x01000000
_SHOWN = {
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "PgDown": "PgDn",
    "Return": "Enter",
    "-": "−",
    "Del": "Delete",
}


def chord(key: int, modifiers: Collection[str]) -> str:
    """Return a key (Qt.Key) with its modifiers ("ctrl", "alt", "shift") as text.

    Shift is part of the text for letters and named keys; on any other key it only chooses
    the sign, so "+" is "+" wherever it lies on the keyboard. "" for a key nobody may use.
    """
    if key in NEVER:
        return ""
    if key in _MODIFIER_KEYS:
        return _MODIFIER_KEYS[key]
    name = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    other = "ctrl" in modifiers or "alt" in modifiers
    letter = Qt.Key.Key_A <= key <= Qt.Key.Key_Z
    keeps_shift = letter or key >= _FIRST_NAMED_KEY or key == Qt.Key.Key_Space or other
    parts = [
        part.capitalize()
        for part in MODIFIERS
        if part in modifiers and (part != "shift" or keeps_shift)
    ]
    return "+".join([*parts, name]) if name else ""


def is_for_canvas(text: str) -> bool:
    """Return whether a key belongs to the canvases alone: no Ctrl, no Alt, no function key."""
    if text in _MODIFIER_KEYS.values():
        return True
    last = text.removesuffix("++").split("+")[-1]
    function = len(last) > 1 and last[0] == "F" and last[1:].isdigit()
    return not function and not text.startswith(("Ctrl+", "Alt+"))


def modifier_of(text: str) -> str:
    """Return "ctrl", "alt" or "shift" for a modifier key alone, "" for any other key."""
    return text.lower() if text in _MODIFIER_KEYS.values() else ""


def key_number(text: str) -> int:
    """Return the Qt.Key of a single key, 0 for none."""
    for number, name in _MODIFIER_KEYS.items():
        if name == text:
            return int(number)
    sequence = QKeySequence(text)
    return int(sequence[0].key()) if sequence.count() else 0


def shown(text: str) -> str:
    """Return a key as people read it: "Ctrl+→" for "Ctrl+Right"."""
    head, plus, last = text.rpartition("+")
    if not last:
        head, plus, last = text[:-1].rstrip("+"), "+" if len(text) > 1 else "", "+"
    return f"{head}{plus}{_SHOWN.get(last, last)}"
