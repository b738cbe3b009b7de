"""What an operation on a mask is given, and the two ways in which it may change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.box import Box, box_slices
from kitsdesk.editing.gates import Gates, Voxels
from kitsdesk.editing.patch import Mask, Patch
from trainer.contract.structures import STRUCTURE_NAMES


@dataclass(frozen=True)
class EditScene:
    """A mask with everything that decides where it may change. Operations read it and
    return a patch or None for "nothing to change"; they never write into `mask`.

    Parameters
    ----------
    mask : uint8 (z, y, x).
    image : HU of the same shape, or None.
    spacing : (z, y, x) mm.
    gates : tools that paint obey all of them. Operations on whole objects (holes, islands,
        smoothing, taking the prediction) obey the locks only, or they would leave half an
        object: to them a locked structure neither loses nor gains a voxel.
    votes : number of folds that agree on the structure being painted, uint8, or None.
    """

    mask: Mask
    image: NDArray[Any] | None
    spacing: tuple[float, float, float]
    gates: Gates = field(default_factory=Gates)
    votes: NDArray[np.uint8] | None = None

    def paint(
        self, name: str, box: Box, wanted: Voxels, structure: int, *, spare: bool = False
    ) -> Patch | None:
        """Return the patch that gives `wanted` (a crop at `box`) to `structure`.

        `spare` leaves the other structures alone unless the gate "only over" names them.
        """
        cut = box_slices(box)
        before = self.mask[cut]
        wanted = wanted & (before != structure)
        if spare and self.gates.only_over is None:
            wanted &= before == 0
        open_voxels = self.open_voxels(box, wanted, erasing=structure == 0)
        return Patch.between(name, box, before, np.where(open_voxels, np.uint8(structure), before))

    def erase(self, name: str, box: Box, region: Voxels, structure: int) -> Patch | None:
        """Return the patch that turns `structure` inside `region` to background."""
        before = self.mask[box_slices(box)]
        open_voxels = self.open_voxels(box, region & (before == structure), erasing=True)
        return Patch.between(name, box, before, np.where(open_voxels, np.uint8(0), before))

    def replace(self, name: str, box: Box, after: Mask) -> Patch | None:
        """Return the patch to `after` (a crop at `box`), which obeys the locks only."""
        before = self.mask[box_slices(box)]
        held = self.held_by_locks(box, after)
        return Patch.between(name, box, before, np.where(held, before, after))

    def held_by_locks(self, box: Box, after: Mask) -> Voxels:
        """Return the voxels of `after` (a crop at `box`) that a locked structure keeps as they
        are: it is neither written over nor written."""
        before = self.mask[box_slices(box)]
        held = np.zeros(before.shape, bool)
        for structure in self.gates.locked:
            held |= (before == structure) | (after == structure)
        return held

    def open_voxels(self, box: Box, wanted: Voxels, *, erasing: bool = False) -> Voxels:
        """Return the voxels of `wanted` (a crop at `box`) that every gate lets pass."""
        cut = box_slices(box)
        allowed, _ = self.gates.allowed(
            wanted,
            self.mask[cut],
            None if self.image is None else self.image[cut],
            None if self.votes is None else self.votes[cut],
            erasing=erasing,
        )
        return allowed


def named(action: str, structure: int) -> str:
    """Return an edit's name for the history, such as "Smooth tumor"."""
    return f"{action} {STRUCTURE_NAMES.get(structure, f'structure {structure}')}"
