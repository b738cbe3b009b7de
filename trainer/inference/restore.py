"""From class maps on the network's grid back to the source's grid, without the whole of them.

A structure can win a voxel of the source grid only where, at one of the network voxels it
is interpolated from, it was at least as likely as background. So background and each
structure are restored inside such boxes only, one after the other with a running maximum,
which gives exactly the argmax of restoring everything at a fraction of time and memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Box = tuple[slice, slice, slice]

SLAB = 32
# Below this much foreground an entropy rounds to 0 of 255 for up to four structures.
_CERTAIN = 1e-4


@dataclass(frozen=True)
class GridMap:
    """Class maps (structures, z, y, x) on a network grid, and per axis the matrix
    (source voxels, network voxels) of linear weights that leads to the source grid."""

    values: Tensor
    operators: tuple[Tensor, Tensor, Tensor]

    @property
    def target(self) -> tuple[int, int, int]:
        """Return the shape of the source grid in the network's axes."""
        z, y, x = (matrix.shape[0] for matrix in self.operators)
        return z, y, x

    def reach(self, chosen: Tensor) -> Box | None:
        """Return the source box that interpolates from a True voxel of `chosen` (z, y, x)."""
        parts = []
        for axis, matrix in enumerate(self.operators):
            others = [other for other in range(3) if other != axis]
            columns = chosen.any(dim=others[1]).any(dim=others[0])
            rows = torch.nonzero((matrix[:, columns] != 0).any(dim=1))
            if rows.numel() == 0:
                return None
            parts.append(slice(int(rows[0]), int(rows[-1]) + 1))
        return parts[0], parts[1], parts[2]

    def restore(self, structure: int, box: Box) -> Tensor:
        """Return the map of `structure` on the source grid inside `box`, float32."""
        result = self.values[structure]
        for axis, (matrix, part) in enumerate(zip(self.operators, box, strict=True)):
            rows = matrix[part]
            used = torch.nonzero((rows != 0).any(dim=0))
            first, last = int(used[0]), int(used[-1]) + 1
            result = torch.tensordot(
                rows[:, first:last], result.narrow(axis, first, last - first), dims=([1], [axis])
            ).movedim(0, axis)
        return result


def restore_mask(maps: Sequence[GridMap]) -> NDArray[np.uint8]:
    """Return the structure of largest mean value at every source voxel, ties to the lower.

    Parameters
    ----------
    maps : one per model, of one target shape and one number of structures; several are
        averaged on the source grid.

    Returns
    -------
    uint8 (z, y, x) in the network's axes.
    """
    first = maps[0]
    mask = torch.zeros(first.target, dtype=torch.uint8, device=first.values.device)
    boxes = {
        structure: box
        for structure in range(1, first.values.shape[0])
        if (box := _winning_box(maps, structure)) is not None
    }
    if not boxes:
        return mask.cpu().numpy()
    for slab in slabs(union(list(boxes.values()))):
        best = _mean(maps, 0, slab)
        labels = mask[slab]
        for structure, reach in boxes.items():
            box = intersect(slab, reach)
            if box is None:
                continue
            local = tuple(
                slice(part.start - origin.start, part.stop - origin.start)
                for part, origin in zip(box, slab, strict=True)
            )
            value = _mean(maps, structure, box)
            wins = value > best[local]
            best[local] = torch.where(wins, value, best[local])
            labels[local].masked_fill_(wins, structure)
    return mask.cpu().numpy()


def restore_entropy(maps: Sequence[GridMap]) -> NDArray[np.uint8]:
    """Return the entropy of the mean softmax on the source grid, 255 = log(structures).

    `maps` hold softmax values; the result is uint8 (z, y, x) in the network's axes.
    """
    first = maps[0]
    structures = int(first.values.shape[0])
    result = torch.zeros(first.target, dtype=torch.uint8, device=first.values.device)
    reached = [grid.reach(grid.values[0] < 1 - _CERTAIN) for grid in maps]
    boxes = [box for box in reached if box is not None]
    if not boxes:
        return result.cpu().numpy()
    for slab in slabs(union(boxes)):
        entropy: Tensor | None = None
        for structure in range(structures):
            mean = _mean(maps, structure, slab)
            term = torch.special.entr(mean.clamp_(0, 1))
            entropy = term if entropy is None else entropy.add_(term)
        if entropy is not None:
            scaled = (entropy * (255 / math.log(structures))).round_().clamp_(0, 255)
            result[slab] = scaled.to(torch.uint8)
    return result.cpu().numpy()


def slabs(box: Box) -> Iterator[Box]:
    """Cut `box` along z into parts of at most SLAB slices, to bound the memory."""
    for start in range(box[0].start, box[0].stop, SLAB):
        yield slice(start, min(start + SLAB, box[0].stop)), box[1], box[2]


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around `boxes`."""
    z, y, x = (
        slice(min(box[axis].start for box in boxes), max(box[axis].stop for box in boxes))
        for axis in range(3)
    )
    return z, y, x


def intersect(first: Box, second: Box) -> Box | None:
    """Return what two boxes share, None for nothing."""
    z, y, x = (
        slice(max(one.start, other.start), min(one.stop, other.stop))
        for one, other in zip(first, second, strict=True)
    )
    return None if any(part.start >= part.stop for part in (z, y, x)) else (z, y, x)


def _winning_box(maps: Sequence[GridMap], structure: int) -> Box | None:
    reached = [grid.reach(grid.values[structure] >= grid.values[0]) for grid in maps]
    boxes = [box for box in reached if box is not None]
    return union(boxes) if boxes else None


def _mean(maps: Sequence[GridMap], structure: int, box: Box) -> Tensor:
    total = maps[0].restore(structure, box)
    for grid in maps[1:]:
        total = total + grid.restore(structure, box)
    return total / len(maps) if len(maps) > 1 else total
