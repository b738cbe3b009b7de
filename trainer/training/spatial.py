"""Rotation and scaling, sampled from a read that is large enough for real corners.

nnU-Net rotates inside a box of fixed size (its "initial patch") and pads what a corner
needs beyond it; here the box is read to the size the drawn matrix needs, so that corners
are voxels of the case wherever it has any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.training.sampler import PatchDraw, Triple
from trainer.training.warp import Matrix, Sampling, sample_patch


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
    angles : radians, turned about the first, second and third axis, in this order, each by
        the right-hand rule.
    scale : above 1 the patch shows more of the case, so that things look smaller.

    This is nnU-Net v2's matrix (`create_affine_matrix_3d`) for the same numbers.
    """
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        turn = np.eye(3)
        first, second = (axis + 1) % 3, (axis + 2) % 3
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
    low = np.floor(centre - reach).astype(int)
    # The last position's higher neighbour, and one more for the rounding of positions.
    size = np.floor(centre + reach).astype(int) + 3 - low
    image, mask = draw.case.read_box(low.tolist(), size.tolist())
    return PatchBlock(image, mask, matrix, centre - low)


def warp_block(
    block: PatchBlock, patch: Triple, structures: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return a block's patch on the device: image (S, A, R) float32, mask (S, A, R) uint8.

    The image is interpolated linearly with 0 outside; each structure's indicator likewise,
    background having what the structures leave, and the largest weight wins.
    """
    image = torch.from_numpy(block.image).to(device)
    mask = torch.from_numpy(block.mask).to(device)
    if block.matrix is None or block.centre is None:
        return image, mask
    return sample_patch(image, mask, Sampling(block.matrix, block.centre, patch), structures)
