"""Linear sampling of an image and a mask through a matrix, on the CPU and the GPU alike.

Written out with flat gathers, because torch's `grid_sample` is not vectorised for volumes
on the CPU and would need every structure's indicator as a volume of its own. It is equal to
`grid_sample(..., padding_mode="zeros")` on them up to rounding. The mask is weighed only at
voxels that have a structure among their eight neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Matrix = NDArray[np.float64]
Triple = tuple[int, int, int]

# Voxels sampled at once on a CPU: what is held in between should stay in its cache.
_CACHED_VOXELS = 1 << 16


@dataclass(frozen=True, eq=False)
class Sampling:
    """Where the voxels of a patch lie: `matrix` times their offset from the patch's centre,
    counted from `centre` (S, A, R). Both are in voxels of the arrays that are sampled, which
    reach one voxel further than the last position on every axis."""

    matrix: Matrix
    centre: NDArray[np.float64]
    patch: Triple

    def columns(self, device: torch.device) -> Tensor:
        """Return the positions (3, 1, A, R) of a slice through the centre, float32."""
        _, rows, cols = (np.arange(n) - (n - 1) / 2 for n in self.patch)
        plane = (
            self.matrix[:, 1, None, None] * rows[:, None]
            + self.matrix[:, 2, None, None] * cols
            + self.centre[:, None, None]
        )
        return torch.from_numpy(plane[:, None].astype(np.float32)).to(device)

    def slopes(self, device: torch.device) -> Tensor:
        """Return how far each slice is moved from `columns`, (3, S, 1, 1) float32."""
        size = self.patch[0]
        moved = self.matrix[:, :1] * (np.arange(size) - (size - 1) / 2)
        return torch.from_numpy(moved[:, :, None, None].astype(np.float32)).to(device)


def sample_patch(
    image: Tensor, mask: Tensor, sampling: Sampling, structures: int
) -> tuple[Tensor, Tensor]:
    """Return image (S, A, R) float32 and mask (S, A, R) uint8 at a patch's positions.

    Parameters
    ----------
    image, mask : float32 and uint8 of one shape on one device; no position may lie outside.
    structures : their number with background, at most eight.

    The image is interpolated linearly. Each structure's indicator is too, background's
    among them, and the largest weight wins; of two equal ones, the lower number.
    """
    device = image.device
    columns, slopes = sampling.columns(device), sampling.slopes(device)
    flat, present = image.reshape(-1), _present(mask).reshape(-1)
    sampled = torch.empty(sampling.patch, dtype=image.dtype, device=device)
    near = torch.empty(sampling.patch, dtype=torch.uint8, device=device)
    for begin, end in _slabs(sampling.patch, device):
        cell, weight = _cells(columns + slopes[:, begin:end], image.shape)
        sampled[begin:end] = _interpolate(flat, cell, weight, image.shape)
        near[begin:end] = present.index_select(0, cell.view(-1)).view(cell.shape)
    labels = torch.zeros(sampling.patch, dtype=torch.uint8, device=device)
    # Bit 0 stands for background: where it is alone, all eight neighbours are nothing else.
    chosen = (near.view(-1) > 1).nonzero().view(-1)
    if len(chosen):
        area = columns[0].numel()
        points = columns.view(3, -1).index_select(1, chosen % area)
        points += slopes.view(3, -1).index_select(1, chosen // area)
        labels.view(-1)[chosen] = _vote(mask, points, structures)
    return sampled, labels


def _slabs(patch: Triple, device: torch.device) -> list[tuple[int, int]]:
    """Return ranges of slices: the whole patch on a GPU, a cache's worth on a CPU."""
    size, *plane = patch
    step = max(1, _CACHED_VOXELS // int(np.prod(plane))) if device.type == "cpu" else size
    return [(begin, min(begin + step, size)) for begin in range(0, size, step)]


def _cells(positions: Tensor, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """Return the flat index of each position's lowest neighbour, int32, and the weights of
    the higher neighbours along the three axes; `positions` (3, ...) becomes the latter."""
    low = positions.to(torch.int32)
    cell = (low[0] * shape[1] + low[1]).mul_(shape[2]).add_(low[2])
    return cell, positions.sub_(low)


def _interpolate(flat: Tensor, cell: Tensor, weight: Tensor, shape: torch.Size) -> Tensor:
    index = cell.view(-1)
    along_s, along_a, along_r = weight.view(3, -1)

    def line(first: int) -> Tensor:
        low, high = (flat[first + step :].index_select(0, index) for step in (0, 1))
        return low.lerp_(high, along_r)

    row, plane = shape[2], shape[1] * shape[2]
    low = line(0).lerp_(line(row), along_a)
    high = line(plane).lerp_(line(plane + row), along_a)
    return low.lerp_(high, along_s).view(cell.shape)


def _present(mask: Tensor) -> Tensor:
    """Return which structures are among a voxel and its higher neighbours, as bits."""
    bits = torch.bitwise_left_shift(torch.ones_like(mask), mask)
    for axis in range(3):
        bits.narrow(axis, 0, bits.shape[axis] - 1).bitwise_or_(
            bits.narrow(axis, 1, bits.shape[axis] - 1).clone()
        )
    return bits


def _vote(mask: Tensor, points: Tensor, structures: int) -> Tensor:
    """Return the structure of largest linear weight at each of `points` (3, n)."""
    cell, (along_s, along_a, along_r) = _cells(points, mask.shape)
    flat = mask.reshape(-1)
    weights = torch.zeros(structures, len(cell), device=mask.device)
    for corner in product((0, 1), repeat=3):
        step = reduce(lambda sofar, axis: sofar * mask.shape[axis] + corner[axis], range(3), 0)
        found = flat[step:].index_select(0, cell).long()
        shares = (
            along if high else 1 - along
            for high, along in zip(corner, (along_s, along_a, along_r), strict=True)
        )
        weights.scatter_add_(0, found[None], reduce(torch.mul, shares)[None])
    winner, best = torch.zeros_like(cell, dtype=torch.uint8), weights[0]
    for structure in range(1, structures):
        winner.masked_fill_(weights[structure] > best, structure)
        best = best.maximum(weights[structure])
    return winner
