"""How much each voxel of a tile counts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

from trainer.contract.tiling import Triple

SIGMA = 1 / 8


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
