"""Where the tiles of a sliding window lie and how much each voxel of one counts."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

STEP = 0.5
SIGMA = 1 / 8

Triple = tuple[int, int, int]
Box = tuple[slice, slice, slice]


def tile_starts(size: int, patch: int, step: float = STEP) -> list[int]:
    """Return the first index of every tile along one axis of `size` ≥ `patch` voxels.

    Tiles are spread evenly from the first to the last possible position, at most
    `step`·patch apart (nnU-Net's rule: method_facts D).
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


@lru_cache(maxsize=8)
def gaussian_weight(patch: Triple) -> Tensor:
    """Return the weight of a tile's voxels: a Gaussian of σ = patch/8, its maximum 1.

    Voxels that underflow to 0 get the smallest positive weight, so that every voxel of
    the image is divided by something.
    """
    delta = np.zeros(patch, np.float64)
    delta[tuple(length // 2 for length in patch)] = 1
    weight = gaussian_filter(delta, [length * SIGMA for length in patch], mode="constant")
    weight /= weight.max()
    weight = weight.astype(np.float32)
    weight[weight == 0] = weight[weight > 0].min()
    return torch.from_numpy(weight)
