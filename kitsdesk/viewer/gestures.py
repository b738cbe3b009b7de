"""What the mouse buttons and the held keys mean over the canvases; all canvases share one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import Qt

from kitsdesk.viewer.held_keys import HeldKeys

MouseScheme = Literal["radiology", "research"]
LeftMode = Literal["", "crosshair", "pan", "window"]
Drag = Literal["", "pan", "window", "zoom", "rail", "crosshair", "pointer"]
_MODIFIER_OF: dict[int, str] = {
    Qt.Key.Key_Control: "ctrl",
    Qt.Key.Key_Alt: "alt",
    Qt.Key.Key_Shift: "shift",
}


@dataclass
class Gestures:
    """The mouse scheme, the keys of the holds (Qt.Key, 0 for none) and their toggles.

    Radiology: the right button sets window and level, as reading stations do. Research: it
    zooms, as ITK-SNAP and 3D Slicer do, and window and level have a mode of the left button.
    """

    scheme: MouseScheme = "radiology"
    left_mode: LeftMode = ""
    pan_key: int = int(Qt.Key.Key_Space)
    crosshair_key: int = int(Qt.Key.Key_C)
    erase_key: int = int(Qt.Key.Key_Control)
    erasing: bool = False

    def right_drag(self) -> Drag:
        """Return what the right button does."""
        return "zoom" if self.scheme == "research" else "window"

    def left_drag(self, held: HeldKeys, navigation: bool, modifiers: Iterable[str]) -> Drag:
        """Return what the left button does: a held key comes before a mode, and a mode
        before the tool."""
        if is_down(self.pan_key, held, modifiers):
            return "pan"
        if is_down(self.crosshair_key, held, modifiers):
            return "crosshair"
        if self.left_mode:
            return self.left_mode
        return "crosshair" if navigation else "pointer"

    def tool_modifiers(self, held: HeldKeys, modifiers: frozenset[str]) -> frozenset[str]:
        """Return the modifiers as tools read them: "ctrl" stands for "erase", whichever key
        or toggle asks for it."""
        erases = self.erasing or is_down(self.erase_key, held, modifiers)
        return (modifiers - {"ctrl"}) | ({"ctrl"} if erases else set())


def is_down(key: int, held: HeldKeys, modifiers: Iterable[str]) -> bool:
    """Return whether a key is held; a modifier counts also if it went down elsewhere."""
    return held.holds(key) or _MODIFIER_OF.get(key, "-") in modifiers
