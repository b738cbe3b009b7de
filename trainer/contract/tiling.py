"""How large a CT is on a network's grid, and where the tiles of a sliding window lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

# Tiles are at most half a patch apart (nnU-Net's rule: method_facts D).
STEP = 0.5

Triple = tuple[int, int, int]
Box = tuple[slice, slice, slice]


def resampled_shape(
    shape: Sequence[int], spacing: Sequence[float], target: Sequence[float]
) -> Triple:
    """Return the shape at `target` mm spacing, halves rounded to even, at least 1."""
    a, b, c = (
        max(1, round(old / new * size))
        for size, old, new in zip(shape, spacing, target, strict=True)
    )
    return (a, b, c)


def tile_starts(size: int, patch: int, step: float = STEP) -> list[int]:
    """Return the first index of every tile along one axis of `size` ≥ `patch` voxels.

    Tiles are spread evenly from the first to the last possible position, at most
    `step`·patch apart.
    """
    number = math.ceil((size - patch) / (patch * step)) + 1
    distance = (size - patch) / (number - 1) if number > 1 else 0.0
    return [round(distance * index) for index in range(number)]


def tile_corners(shape: Triple, patch: Triple, box: Box, step: float = STEP) -> list[Triple]:
    """Return the corners (z, y, x) of the tiles of `shape` that reach into `box`."""
    axes = [
        [
            start
            for start in tile_starts(size, length, step)
            if start < part.stop and start + length > part.start
        ]
        for size, length, part in zip(shape, patch, box, strict=True)
    ]
    return [(z, y, x) for z, y, x in product(*axes)]


def number_of_tiles(shape: Triple, patch: Triple, box: Box, step: float = STEP) -> int:
    """Return how many tiles one sliding window over `shape` has that reach into `box`; an
    image smaller than `patch` is padded to one."""
    z, y, x = (max(size, length) for size, length in zip(shape, patch, strict=True))
    return len(tile_corners((z, y, x), patch, box, step))


def whole(shape: tuple[int, ...]) -> Box:
    """Return the box that is the whole of `shape`."""
    z, y, x = shape
    return slice(0, z), slice(0, y), slice(0, x)
