"""What tools learn of the pointer over a canvas."""

from __future__ import annotations

from typing import Protocol

from kitsdesk.editing.strokes import Plane


class Pointer(Protocol):
    """What the canvases tell of the left button: see the viewer's PointerEvent."""

    @property
    def kind(self) -> str:
        """press, move, release, double, enter or leave."""

    @property
    def view(self) -> Plane:
        """axial, coronal or sagittal."""

    @property
    def mm(self) -> tuple[float, float, float]:
        """LPS millimetres."""

    @property
    def buttons(self) -> frozenset[str]:
        """The buttons that are down."""

    @property
    def modifiers(self) -> frozenset[str]:
        """ctrl, shift, alt."""
