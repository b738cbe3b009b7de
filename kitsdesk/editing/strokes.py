"""A brush or eraser stroke, written into the live mask point by point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.before_tiles import BeforeTiles
from kitsdesk.editing.box import Box, box_slices
from kitsdesk.editing.gates import Gates, Voxels, most_held_back
from kitsdesk.editing.patch import Mask, Patch
from kitsdesk.editing.sweep import Brush
from trainer.contract.structures import STRUCTURE_NAMES

BrushShape = Literal["disc", "ball"]
Plane = Literal["axial", "coronal", "sagittal"]
PLANE_AXIS: dict[Plane, int] = {"axial": 0, "coronal": 1, "sagittal": 2}


class Stroke:
    """One press-to-release of the brush; the way between points is swept without gaps.

    Parameters
    ----------
    mask : live uint8 (z, y, x) array; it is written at once.
    image : HU, same shape; None where the HU gate is not used.
    spacing : (z, y, x) mm.
    structure : what is painted; 0 erases every structure.
    diameter_mm : of the disc or ball.
    plane : the view that is painted in; a disc lies in its slices.
    gates : where painting is allowed.
    votes : number of folds that agree on `structure`, uint8 (z, y, x).
    erase : turn only `structure` to background instead of painting it.
    """

    def __init__(
        self,
        mask: Mask,
        image: NDArray[Any] | None,
        spacing: tuple[float, float, float],
        structure: int,
        diameter_mm: float,
        shape: BrushShape = "disc",
        plane: Plane = "axial",
        gates: Gates | None = None,
        votes: NDArray[np.uint8] | None = None,
        erase: bool = False,
    ) -> None:
        self._mask, self._image, self._votes = mask, image, votes
        self._gates = gates or Gates()
        self._structure, self._erase = structure, erase
        flat = PLANE_AXIS[plane] if shape == "disc" else None
        self._brush = Brush(diameter_mm / 2, spacing, flat)
        self._plane_axis = PLANE_AXIS[plane]
        self._tiles = BeforeTiles(mask)
        self._last: NDArray[np.float64] | None = None
        self._held: dict[str, int] = {}

    @property
    def stopped_by(self) -> str:
        """Return the gate that held back most voxels so far, "" where none did."""
        return most_held_back(self._held)

    @property
    def name(self) -> str:
        """Return the stroke's name in the history, such as "Paint tumor, 12 mm"."""
        structure = STRUCTURE_NAMES.get(self._structure, f"structure {self._structure}")
        action = f"Erase {structure}" if self._erase else f"Paint {structure}"
        if self._structure == 0:
            action = "Erase"
        return f"{action}, {2 * self._brush.radius_mm:g} mm"

    def add(self, index_zyx: Sequence[float] | NDArray[np.float64]) -> Box | None:
        """Sweep to the fractional index (z, y, x); return the box that was written, if any.

        A step to another slice of the view starts anew there: wheel and brush together do
        not paint the slices between.
        """
        point = np.asarray(index_zyx, float)
        start = point if self._last is None or self._other_slice(point) else self._last
        self._last = point
        swept = self._brush.sweep(start, point, self._mask.shape)
        if swept is None:
            return None
        box, covered = swept
        return box if self._write(box, covered) else None

    def finish(self) -> Patch | None:
        """Return the whole stroke as one patch (already made), None where nothing changed."""
        box = self._tiles.box
        if box is None:
            return None
        return Patch.between(self.name, box, self._tiles.before(), self._mask[box_slices(box)])

    def cancel(self) -> Box | None:
        """Take the stroke back; return the box that changed, None where there was none."""
        self._tiles.restore()
        return self._tiles.box

    def _other_slice(self, point: NDArray[np.float64]) -> bool:
        if self._last is None:
            return True
        axis = self._plane_axis
        return bool(np.floor(point[axis] + 0.5) != np.floor(self._last[axis] + 0.5))

    def _write(self, box: Box, covered: Voxels) -> bool:
        cut = box_slices(box)
        crop = self._mask[cut]
        erasing = self._erase or self._structure == 0
        if self._erase:
            covered &= crop == self._structure
        else:
            covered &= crop != self._structure
        if not covered.any():
            return False
        if not self._gates.open:
            covered = self._through_gates(cut, crop, covered, erasing)
            if not covered.any():
                return False
        self._tiles.keep(box)
        np.copyto(crop, np.uint8(0 if erasing else self._structure), where=covered)
        return True

    def _through_gates(
        self, cut: tuple[slice, slice, slice], crop: Mask, covered: Voxels, erasing: bool
    ) -> Voxels:
        allowed, held = self._gates.allowed(
            covered,
            crop,
            None if self._image is None else self._image[cut],
            None if self._votes is None else self._votes[cut],
            erasing=erasing,
        )
        for gate, voxels in held.items():
            self._held[gate] = self._held.get(gate, 0) + voxels
        return allowed
