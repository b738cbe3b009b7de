"""The masks of all folds of one model, packed two bits a fold as the trainer writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.foreground_box import foreground_box, slices_of
from trainer.contract.scores import FoldUse


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


def majority(masks: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
    """Return the structure most masks say in each voxel; a tie goes to the lower number.

    It stands in for the softmax average of a subset of folds, possibly of several models,
    whose probabilities are not kept. All masks have one shape.
    """
    result = np.zeros(masks[0].shape, np.uint8)
    box = foreground_box(masks)
    if box is None:
        return result
    within = slices_of(box)
    inner = [mask[within] for mask in masks]
    counts = np.stack(
        [np.sum([mask == n for mask in inner], axis=0, dtype=np.uint8) for n in range(4)]
    )
    result[within] = counts.argmax(axis=0)
    return result
