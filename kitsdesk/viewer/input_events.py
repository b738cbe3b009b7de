"""What the canvases tell the rest of the window about mouse and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PointerKind = Literal["press", "move", "release", "double", "enter", "leave"]


@dataclass(frozen=True)
class PointerEvent:
    """The left button or the hovering pointer over a canvas.

    `mm` is the LPS position (L, P, S) on the slice shown; `view` the plane's name, "axial",
    "coronal" or "sagittal"; `buttons` holds "left" while it is down; `modifiers` holds
    "ctrl", "shift" and "alt". "double" is the second press of a double click: a tool that
    paints takes it as a press.
    """

    kind: PointerKind
    view: str
    mm: tuple[float, float, float]
    buttons: frozenset[str]
    modifiers: frozenset[str]


@dataclass(frozen=True)
class KeyPress:
    """A key over a canvas: a Qt.Key number, with digits taken from the physical key, the
    text it types, the modifiers as in PointerEvent and whether it is an auto-repeat.

    `view` is the canvas that had the keys: "axial", "coronal", "sagittal" or "3d".
    """

    key: int
    text: str
    modifiers: frozenset[str]
    repeat: bool = False
    view: str = "axial"
