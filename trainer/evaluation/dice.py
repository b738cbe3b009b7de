"""Dice as KiTS19 defines it: kidney is every structure, tumor is structure 2 exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trainer.contract.structures import Structure

EmptyPolicy = Literal["one", "nan"]
SCORED: tuple[str, ...] = ("kidney", "tumor")


@dataclass(frozen=True)
class DiceScores:
    """The Dice of one case; NaN where both masks are empty and the policy is "nan"."""

    kidney: float
    tumor: float

    @property
    def composite(self) -> float:
        """Return the challenge's ranking score, the mean of kidney and tumor Dice."""
        return (self.kidney + self.tumor) / 2

    def of(self, structure: str) -> float:
        """Return the Dice of "kidney", "tumor" or "composite"."""
        return float(getattr(self, structure))


def structure_voxels(mask: NDArray[Any], structure: str) -> NDArray[np.bool_]:
    """Return where `mask` (any shape, structures) holds "kidney" (> 0) or "tumor" (== 2)."""
    if structure == "kidney":
        return np.asarray(mask > 0)
    if structure == "tumor":
        return np.asarray(mask == Structure.TUMOR)
    raise ValueError(f"{structure} is not scored")


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_], empty: EmptyPolicy = "one") -> float:
    """Return 2|A∩B| / (|A|+|B|) of two boolean arrays of one shape.

    With both empty it is 1 (as KiTS23 has it) or NaN (as KiTS19's script gives).
    """
    return dice_from_counts(
        int(np.count_nonzero(first & second)),
        int(np.count_nonzero(first)),
        int(np.count_nonzero(second)),
        empty,
    )


def dice_from_counts(both: int, first: int, second: int, empty: EmptyPolicy = "one") -> float:
    """Return the Dice of two sets with `first` and `second` voxels, `both` of them shared."""
    if first + second == 0:
        return 1.0 if empty == "one" else math.nan
    return 2.0 * both / (first + second)


def kits_dice(
    reference: NDArray[Any], prediction: NDArray[Any], empty: EmptyPolicy = "one"
) -> DiceScores:
    """Return kidney and tumor Dice of two masks of one shape.

    Raises
    ------
    ValueError : the shapes differ.
    """
    if reference.shape != prediction.shape:
        raise ValueError(f"masks of shapes {reference.shape} and {prediction.shape}")
    # A 4×4 confusion count reads each mask once instead of building eight boolean arrays.
    codes = (np.minimum(reference, 3).astype(np.uint8) << 2) | np.minimum(prediction, 3).astype(
        np.uint8
    )
    counts = np.bincount(codes.ravel(), minlength=16).reshape(4, 4)
    tumor = int(Structure.TUMOR)
    return DiceScores(
        kidney=dice_from_counts(
            int(counts[1:, 1:].sum()), int(counts[1:].sum()), int(counts[:, 1:].sum()), empty
        ),
        tumor=dice_from_counts(
            int(counts[tumor, tumor]), int(counts[tumor].sum()), int(counts[:, tumor].sum()), empty
        ),
    )


def mean_pairwise_dice(members: list[NDArray[Any]], structure: str) -> float:
    """Return the mean Dice over all pairs of `members`, masks of one shape; 1 for one member.

    This is the agreement of product.md: how far the members say the same.
    """
    voxels = [structure_voxels(member, structure) for member in members]
    pairs = [
        dice(first, second)
        for number, first in enumerate(voxels)
        for second in voxels[number + 1 :]
    ]
    return float(np.mean(pairs)) if pairs else 1.0
