"""Several masks in one uint16: mask k takes bits 2k and 2k+1, structures 0 to 3."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.evaluation.dice import SCORED, dice_from_counts, structure_voxels

BITS = 2
CAPACITY = 8
_SLICES = 4


def add_member(bits: NDArray[np.uint16], mask: NDArray[np.uint8], slot: int) -> None:
    """Put `mask` into `slot` of `bits`, in place; both (z, y, x), the slot still empty.

    Raises
    ------
    ValueError : the slot is not one of the eight.
    """
    if not 0 <= slot < CAPACITY:
        raise ValueError(f"slot {slot} of {CAPACITY}")
    # A few slices at a time stay in a CPU's cache: four times as fast as all at once.
    for start in range(0, len(bits), _SLICES):
        part = slice(start, start + _SLICES)
        bits[part] |= np.left_shift(mask[part], BITS * slot, dtype=np.uint16)


def member(bits: NDArray[Any], slot: int) -> NDArray[np.uint8]:
    """Return the mask in `slot`, uint8 of the shape of `bits`."""
    return ((bits >> np.uint16(BITS * slot)) & np.uint16(3)).astype(np.uint8)


def members_agreement(stacks: list[tuple[NDArray[np.uint16], list[int]]]) -> dict[str, float]:
    """Return the mean pairwise Dice of all members, per scored structure.

    How often each joint value occurs says all: pairs are counted on the few values there
    are, not on the voxels.

    Parameters
    ----------
    stacks : (bits, slots) pairs; every slot of every pair is one member. One member alone
        agrees with itself: 1.
    """
    values, counts = _joint_values([bits for bits, _ in stacks])
    masks = [
        member(column, slot)
        for column, (_, slots) in zip(values, stacks, strict=True)
        for slot in slots
    ]
    return {name: _mean_dice(masks, counts, name) for name in SCORED}


def _joint_values(
    stacks: list[NDArray[np.uint16]],
) -> tuple[list[NDArray[np.uint16]], NDArray[np.int64]]:
    """Return the values that the stacks have together, one array per stack, and how often."""
    single = [_counted(stack.__getitem__, len(stack), 1 << 16) for stack in stacks]
    kinds = [np.flatnonzero(counts) for counts in single]
    if len(stacks) == 1:
        return [kinds[0].astype(np.uint16)], single[0][kinds[0]]
    tables = []
    for kind in kinds:
        table = np.zeros(1 << 16, np.int64)
        table[kind] = np.arange(len(kind))
        tables.append(table)

    def codes(part: slice) -> NDArray[Any]:
        code = tables[0][stacks[0][part]]
        for stack, table, kind in zip(stacks[1:], tables[1:], kinds[1:], strict=True):
            code = code * len(kind) + table[stack[part]]
        return code

    counts = _counted(codes, len(stacks[0]), math.prod(len(kind) for kind in kinds))
    there = np.flatnonzero(counts)
    places = np.unravel_index(there, [len(kind) for kind in kinds])
    columns = [kind[place].astype(np.uint16) for kind, place in zip(kinds, places, strict=True)]
    return columns, counts[there]


def _counted(
    values: Callable[[slice], NDArray[Any]], slices: int, highest: int
) -> NDArray[np.int64]:
    """Count values below `highest`, a few slices at a time to bound the memory."""
    counts = np.zeros(highest, np.int64)
    for start in range(0, slices, _SLICES):
        part = values(slice(start, start + _SLICES)).ravel().astype(np.int64)
        # Four times as fast as numpy's.
        counts += torch.bincount(torch.from_numpy(part), minlength=highest).numpy()
    return counts


def _mean_dice(masks: list[NDArray[np.uint8]], counts: NDArray[np.int64], name: str) -> float:
    voxels = [structure_voxels(mask, name) for mask in masks]
    sizes = [int(counts[inside].sum()) for inside in voxels]
    pairs = [
        dice_from_counts(int(counts[voxels[one] & voxels[other]].sum()), sizes[one], sizes[other])
        for one in range(len(voxels))
        for other in range(one + 1, len(voxels))
    ]
    return float(np.mean(pairs)) if pairs else 1.0
