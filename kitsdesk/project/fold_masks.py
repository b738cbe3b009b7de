"""The masks of all folds of one model, packed two bits a fold as the trainer writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.contract.scores import FoldUse
from trainer.contract.structures import Structure


@dataclass(frozen=True, eq=False)
class FoldMasks:
    """`bits` is uint16 (z, y, x), fold k's structure in bits 2k and 2k+1; `uses` says which
    folds took part and which of them saw the case."""

    model: str
    bits: NDArray[np.uint16]
    uses: tuple[FoldUse, ...]

    @property
    def folds(self) -> tuple[int, ...]:
        """Return the numbers of the folds that took part."""
        return tuple(use.fold for use in self.uses)

    def mask(self, fold: int, box: tuple[slice, ...] = ()) -> NDArray[np.uint8]:
        """Return one fold's mask (z, y, x), within `box` where given."""
        return ((self.bits[box] >> np.uint16(2 * fold)) & np.uint16(3)).astype(np.uint8)

    def says(self, fold: int, structure: int, box: tuple[slice, ...] = ()) -> NDArray[np.bool_]:
        """Return where (z, y, x) one fold says `structure`, within `box` where given.

        Kidney (1) is all foreground, as in Kidney Dice; others are that structure alone.
        """
        mask = self.mask(fold, box)
        return mask > 0 if structure == Structure.KIDNEY else mask == structure


def votes_of(models: Sequence[FoldMasks], structure: int) -> NDArray[np.uint8] | None:
    """Return how many folds say `structure` in each voxel (z, y, x), None without folds."""
    total: NDArray[np.uint8] | None = None
    for masks in models:
        for fold in masks.folds:
            says = masks.says(fold, structure).astype(np.uint8)
            total = says if total is None else total + says
    return total
