"""Seeds of background, drawn by hand for growing and kept beside the mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView
from kitsdesk.editing.box import Box, box_slices, union
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask
from kitsdesk.editing.strokes import BrushShape, Stroke


@dataclass(frozen=True, eq=False)
class SeedPicture:
    """The seeds as the canvases hatch them: where `before` is 1, background is marked."""

    box: Box
    before: Mask
    after: Mask


class BackgroundSeeds(QObject):
    """A mask cannot say "surely background"; these voxels do until the growth is
    taken or the case is left. Ctrl takes seeds away again."""

    changed = pyqtSignal()

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__()
        self._canvas = canvas
        self._seeds: Mask | None = None
        self._box: Box | None = None
        self._stroke: Stroke | None = None
        session.caseOpened.connect(self.clear)
        session.caseClosed.connect(self.clear)

    @property
    def voxels(self) -> Voxels | None:
        """Return a copy of the seeds, bool (z, y, x), None where none are drawn."""
        if self._seeds is None or self._box is None:
            return None
        return np.asarray(self._seeds != 0, bool)

    def begin(self, case: OpenCase, event: Pointer, diameter_mm: float, shape: BrushShape) -> None:
        """Draw seeds from here on, with the brush's size and shape; Ctrl takes them away."""
        if self._seeds is None:
            self._seeds = np.zeros(case.mask.shape, np.uint8)
        erase = "ctrl" in event.modifiers
        spacing, view = case.volume.spacing, event.view
        self._stroke = Stroke(self._seeds, None, spacing, 1, diameter_mm, shape, view, erase=erase)
        self.follow(case, event)

    def follow(self, case: OpenCase, event: Pointer) -> None:
        """Go on with seeds under way until the button is let go."""
        if self._stroke is None or self._seeds is None:
            return
        if event.kind == "release":
            self._stroke = None
            self.changed.emit()
            return
        box = self._stroke.add(case.volume.to_index(event.mm))
        if box is not None:
            self._box = union(self._box, box)
            crop = self._seeds[box_slices(self._box)].copy()
            self._canvas.set_seeds(SeedPicture(self._box, crop, np.zeros_like(crop)))

    def clear(self, _case: object = None) -> None:
        """Forget every seed."""
        self._seeds = self._box = self._stroke = None
        self._canvas.set_seeds(None)
