"""A box drawn with the mouse in a view, shown in all views, pulled at its sides in any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.controllers.drawn_shape import MEASURE_COLOUR
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView
from kitsdesk.editing.box import Box
from kitsdesk.editing.drawn_box import (
    Side,
    box_between,
    encloses,
    shifted,
    sides_at,
    with_sides_at,
)
from kitsdesk.editing.strokes import PLANE_AXIS

GRAB_PX = 7.0
_LEAST_DRAG_PX = 3.0
Index = NDArray[np.float64]


class BoxDrawing(QObject):
    """While it is on, the left button draws: a drag makes a box, a drag at a side or corner
    pulls it, a drag inside moves it. `begin` turns it on, `end` takes box and mode away.

    The box is given in voxels (z0, z1, y0, y1, x0, x1) of the open case, ends excluded.
    """

    changed = pyqtSignal(object)  # Box or None; told at the end of each drag

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self.on = False
        self.box: Box | None = None
        self.depth_mm: float | None = None
        self._colour = MEASURE_COLOUR
        self._drag: Callable[[Index], Box | None] | None = None
        self._start: Index | None = None
        self._least_mm = 0.0
        session.caseOpened.connect(self._clear)
        session.caseClosed.connect(self._clear)

    def begin(self, depth_mm: float | None = None, colour: str = MEASURE_COLOUR) -> None:
        """Let the left button draw a box from now on.

        `depth_mm` is how deep a newly drawn box is across its slice (0: the slice alone,
        None: as deep as its sides are long).
        """
        self.on, self.depth_mm, self._colour = True, depth_mm, colour
        self._canvas.set_navigation(False)

    def end(self) -> None:
        """Take the box away; whoever began gives the left button back."""
        self.on = False
        self._clear()

    def clear(self) -> None:
        """Take the box away and stay ready for another one."""
        self._clear()

    def on_pointer(self, event: Pointer) -> None:
        """Follow the left button over a canvas while a box is drawn."""
        case = self._session.case
        if not self.on or case is None:
            return
        if event.kind in ("press", "double") and "left" in event.buttons:
            self._press(case, event)
        elif event.kind == "move" and self._drag is not None:
            self._move(case, event)
        elif event.kind == "release" and self._drag is not None:
            self._drag = self._start = None
            self.changed.emit(self.box)

    def _press(self, case: OpenCase, event: Pointer) -> None:
        at, axis = case.volume.to_index(event.mm), PLANE_AXIS[event.view]
        pixel = self._canvas.pixel_mm(event.view)
        self._start, self._least_mm = at, _LEAST_DRAG_PX * pixel
        box, shape = self.box, case.mask.shape
        spacing = case.volume.spacing
        if box is not None:
            sides = sides_at(box, axis, at, GRAB_PX * pixel, spacing)
            if sides:
                self._drag = _pull(box, sides, shape)
                return
            if encloses(box, at, axis):
                self._drag = _carry(box, at, shape)
                return
        depth = self.depth_mm
        self._drag = lambda now: box_between(at, now, axis, depth, spacing, shape)

    def _move(self, case: OpenCase, event: Pointer) -> None:
        assert self._drag is not None
        at = case.volume.to_index(event.mm)
        if self._start is not None:
            way = (at - self._start) * case.volume.spacing
            if float(np.linalg.norm(way)) < self._least_mm:
                return
            self._start = None
        box = self._drag(at)
        if box is not None and box != self.box:
            self.box = box
            self._canvas.set_box(box, self._colour)

    def _clear(self, _case: object = None) -> None:
        had = self.box is not None
        self.box = self._drag = self._start = None
        self._canvas.set_box(None)
        if had:
            self.changed.emit(None)


def _pull(box: Box, sides: tuple[Side, ...], shape: tuple[int, ...]) -> Callable[[Index], Box]:
    return lambda now: with_sides_at(box, sides, now, shape)


def _carry(box: Box, start: Index, shape: tuple[int, ...]) -> Callable[[Index], Box]:
    return lambda now: shifted(box, now - start, shape)
