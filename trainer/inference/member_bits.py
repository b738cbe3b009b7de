"""Several masks in one uint16: mask k takes bits 2k and 2k+1, structures 0 to 3."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.dice import SCORED, mean_pairwise_dice

BITS = 2
CAPACITY = 8


def add_member(bits: NDArray[np.uint16], mask: NDArray[np.uint8], slot: int) -> None:
    """Put `mask` into `slot` of `bits`, in place; both (z, y, x), the slot still empty.

    Raises
    ------
    ValueError : the slot is not one of the eight.
    """
    if not 0 <= slot < CAPACITY:
        raise ValueError(f"slot {slot} of {CAPACITY}")
    bits |= mask.astype(np.uint16) << np.uint16(BITS * slot)


def member(bits: NDArray[Any], slot: int) -> NDArray[np.uint8]:
    """Return the mask in `slot`, uint8 of the shape of `bits`."""
    return ((bits >> np.uint16(BITS * slot)) & np.uint16(3)).astype(np.uint8)


def members_agreement(stacks: list[tuple[NDArray[np.uint16], list[int]]]) -> dict[str, float]:
    """Return the mean pairwise Dice of all members, per scored structure.

    Parameters
    ----------
    stacks : (bits, slots) pairs; every slot of every pair is one member. One member alone
        agrees with itself: 1.
    """
    anywhere = np.zeros(stacks[0][0].shape, bool)
    for bits, _ in stacks:
        anywhere |= bits != 0
    masks = [member(bits[anywhere], slot) for bits, slots in stacks for slot in slots]
    return {name: mean_pairwise_dice(masks, name) for name in SCORED}
