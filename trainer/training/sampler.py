"""Which patches a batch is made of: some at random, some centred on a structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.preprocessing.cached_case import CachedCase

Triple = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class PatchDraw:
    """One patch of a batch: its case, its first voxel (S, A, R), which may lie outside
    the case, and the structure it is centred on (None for a random patch)."""

    case: CachedCase
    low: Triple
    structure: int | None


class PatchSampler:
    """Draws cases uniformly with replacement, and a patch in each.

    Of a batch the last part (`foreground_fraction`; one of two, as with nnU-Net's 0.33) is
    centred on a voxel drawn uniformly from a structure drawn uniformly among those the case
    has. The voxel is the centre even at the edge of the case, where nnU-Net moves a patch
    that would begin before the case back to its first voxel. All other patches lie inside
    the case along every axis on which it is large enough.
    """

    def __init__(
        self, cases: Sequence[CachedCase], patch: Triple, batch: int, foreground_fraction: float
    ) -> None:
        self._cases = tuple(sorted(cases, key=lambda case: case.id))
        self._patch = patch
        self._batch = batch
        self._random = round(batch * (1 - foreground_fraction))

    def draw(self, rng: np.random.Generator) -> list[PatchDraw]:
        """Return the patches of one batch; the generator's state decides them."""
        draws = []
        for position in range(self._batch):
            case = self._cases[int(rng.integers(len(self._cases)))]
            present = [key for key, voxels in case.locations.items() if len(voxels)]
            if position < self._random or not present:
                draws.append(PatchDraw(case, self._anywhere(case, rng), None))
                continue
            structure = present[int(rng.integers(len(present)))]
            number = int(rng.integers(len(case.locations[structure])))
            a, b, c = (
                voxel - size // 2
                for voxel, size in zip(case.voxel(structure, number), self._patch, strict=True)
            )
            draws.append(PatchDraw(case, (a, b, c), structure))
        return draws

    def _anywhere(self, case: CachedCase, rng: np.random.Generator) -> Triple:
        """Return a first voxel with the whole patch inside; a case smaller than the patch
        lies in its middle."""
        a, b, c = (
            int(rng.integers(voxels - size + 1)) if voxels >= size else -((size - voxels) // 2)
            for voxels, size in zip(case.shape, self._patch, strict=True)
        )
        return (a, b, c)
