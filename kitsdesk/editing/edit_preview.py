"""An edit that is shown before it is made: its voxels with and without it, and its ml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from kitsdesk.editing.box import Box, box_slices, whole
from kitsdesk.editing.patch import Mask, Patch
from trainer.contract.structures import STRUCTURE_NAMES


@dataclass(frozen=True, eq=False)
class EditPreview:
    """A patch that has not been made. `before` and `after` are (z, y, x) crops at its box;
    `change_ml` says by how many millilitres each structure would grow (negative: shrink)."""

    patch: Patch
    before: Mask
    after: Mask
    change_ml: dict[int, float]

    @classmethod
    def of(cls, patch: Patch, mask: Mask, spacing: tuple[float, float, float]) -> Self:
        """Return the preview of a patch that was computed from `mask`; spacing is (z, y, x) mm.

        It copies, so that `mask` need not be kept.
        """
        before = mask[box_slices(patch.box)].copy()
        after = before.copy()
        replace(patch, box=whole(after.shape)).apply(after)
        was, is_now = (np.bincount(crop.ravel(), minlength=4) for crop in (before, after))
        size = max(len(was), len(is_now))
        gained = np.pad(is_now, (0, size - len(is_now))) - np.pad(was, (0, size - len(was)))
        voxel_ml = float(np.prod(spacing)) / 1000
        change = {s: float(n) * voxel_ml for s, n in enumerate(gained) if s and n}
        return cls(patch, before, after, change)

    @property
    def box(self) -> Box:
        """Return where the crops lie: voxels (z0, z1, y0, y1, x0, x1)."""
        return self.patch.box

    @property
    def words(self) -> str:
        """Return what would change: "tumor +3.2 ml, kidney −0.4 ml, 5,180 voxels"."""
        parts = [
            f"{STRUCTURE_NAMES.get(structure, f'structure {structure}')} {_signed(ml)} ml"
            for structure, ml in sorted(self.change_ml.items(), key=lambda item: -abs(item[1]))
        ]
        voxels = "1 voxel" if self.patch.voxels == 1 else f"{self.patch.voxels:,} voxels"
        return ", ".join([*parts, voxels])


def _signed(ml: float) -> str:
    return f"{'+' if ml > 0 else '−'}{abs(ml):.{1 if abs(ml) >= 0.1 else 2}f}"
