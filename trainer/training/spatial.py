"""Rotation and scaling, sampled from a read that is large enough for real corners."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from trainer.training.sampler import PatchDraw, Triple

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PatchBlock:
    """Voxels read for one patch. With `matrix` None they are the patch itself; else patch
    offsets from its centre are multiplied by `matrix` and counted from `centre`."""

    image: NDArray[np.float32]
    mask: NDArray[np.uint8]
    matrix: Matrix | None = None
    centre: NDArray[np.float64] | None = None


def spatial_matrix(angles: tuple[float, float, float], scale: float) -> Matrix:
    """Return the matrix from patch offsets to case offsets, in voxels (S, A, R).

    Parameters
    ----------
    angles : radians, turned about the first, second and third axis, in this order.
    scale : above 1 the patch shows more of the case, so that things look smaller.
    """
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        turn = np.eye(3)
        first, second = (other for other in range(3) if other != axis)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return np.asarray(scale * matrix, np.float64)


def read_block(draw: PatchDraw, patch: Triple, matrix: Matrix | None) -> PatchBlock:
    """Read what a patch needs; outside the case the image is 0 and the mask background."""
    if matrix is None:
        return PatchBlock(*draw.case.read_box(draw.low, patch))
    half = (np.array(patch) - 1) / 2
    centre = np.array(draw.low) + half
    reach = np.abs(matrix) @ half
    low = [floor(value) for value in centre - reach]
    size = [ceil(value) + 1 - start for value, start in zip(centre + reach, low, strict=True)]
    image, mask = draw.case.read_box(low, size)
    return PatchBlock(image, mask, matrix, centre - low)


def warp_block(
    block: PatchBlock, patch: Triple, structures: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return a block's patch on the device: image (1, S, A, R) float32, mask (S, A, R) uint8.

    The image is interpolated linearly with 0 outside; each structure's indicator likewise,
    and the largest weight wins, with background having what the structures leave.
    """
    image = torch.from_numpy(block.image).to(device)
    mask = torch.from_numpy(block.mask).to(device)
    if block.matrix is None:
        return image[None], mask
    grid = _sampling_grid(block, patch, device)
    indicators = [(mask == structure).to(torch.float32) for structure in range(1, structures)]
    volumes = torch.stack([image, *indicators])[None]
    sampled = functional.grid_sample(volumes, grid, padding_mode="zeros", align_corners=True)[0]
    weights = sampled[1:]
    background = 1 - weights.sum(0, keepdim=True)
    warped = torch.cat((background, weights)).argmax(0).to(torch.uint8)
    return sampled[:1], warped


def _sampling_grid(block: PatchBlock, patch: Triple, device: torch.device) -> Tensor:
    """Return grid_sample's (1, S, A, R, 3) coordinates, last axis first, from -1 to 1."""
    axes = [
        torch.arange(size, dtype=torch.float32, device=device) - (size - 1) / 2 for size in patch
    ]
    offsets = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)
    matrix = torch.as_tensor(block.matrix, dtype=torch.float32, device=device)
    centre = torch.as_tensor(block.centre, dtype=torch.float32, device=device)
    last = torch.tensor(block.image.shape, dtype=torch.float32, device=device) - 1
    positions = offsets @ matrix.T + centre
    return (2 * positions / last.clamp(min=1) - 1).flip(-1)[None]
