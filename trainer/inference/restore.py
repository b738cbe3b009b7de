"""From class maps on the network's grid back to the source's grid, without the whole of them.

A structure can win a voxel of the source grid only where, at one of the network voxels it
is interpolated from, it was at least as likely as background. So each structure is restored
inside such a box only, one after the other with a running maximum, slab by slab: exactly the
argmax of restoring everything, at a fraction of time and memory. What is restored is the
difference to background, since interpolation is linear: background is then 0 everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.inference.grid_map import Box, GridMap
from trainer.inference.slab_workers import each_slab

# Enough for every core to have work, few enough to stay in a CPU's cache.
SLAB_VOXELS = 1 << 20
# Source voxels around each structure's box; the box is exact, this is for rounding.
MARGIN = 3
# Below this much foreground an entropy rounds to 0 of 255 for up to four structures.
_CERTAIN = 1e-4
_TINY = 1e-12


def restore_mask(maps: Sequence[GridMap]) -> NDArray[np.uint8]:
    """Return the structure of largest mean value at every source voxel, ties to the lower.

    Parameters
    ----------
    maps : one per model, of one target shape and one number of structures; several are
        averaged on the source grid. One map alone may have `heads`, or be of regions:
        these are painted in order where their sigmoid exceeds 0.5, as nnU-Net does.

    Returns
    -------
    uint8 (z, y, x).
    """
    first = maps[0]
    if first.regions:
        return _painted_regions(first)
    winners = _largest_channel(maps)
    return np.asarray(first.heads, np.uint8)[winners] if first.heads else winners


def _painted_regions(regions: GridMap) -> NDArray[np.uint8]:
    mask = torch.zeros(regions.target, dtype=torch.uint8, device=regions.values.device)
    for channel, structure in enumerate(regions.heads):
        reach = regions.reach(regions.values[channel] > 0)
        if reach is None:
            continue

        def paint(slab: Box, channel: int = channel, structure: int = structure) -> None:
            inside = regions.restore(channel, slab).sigmoid_() > 0.5
            mask[slab].masked_fill_(inside, structure)

        each_slab(paint, slabs(reach), mask.device)
    return mask.cpu().numpy()


def _largest_channel(maps: Sequence[GridMap]) -> NDArray[np.uint8]:
    """Return the channel of largest mean value at every source voxel, ties to the lower."""
    first = maps[0]
    mask = torch.zeros(first.target, dtype=torch.uint8, device=first.values.device)
    boxes = {
        structure: box
        for structure in range(1, first.values.shape[0])
        if (box := _winning_box(maps, structure)) is not None
    }
    if boxes:
        each_slab(
            lambda slab: _paint_winners(mask[slab], slab, maps, boxes),
            slabs(union(list(boxes.values()))),
            mask.device,
        )
    return np.asarray(mask.cpu().numpy())


def _paint_winners(
    labels: Tensor, slab: Box, maps: Sequence[GridMap], boxes: Mapping[int, Box]
) -> None:
    """Write the winning structures of one slab into `labels`, which are zeros."""
    best: Tensor | None = None
    last = max(boxes)
    for structure, reach in boxes.items():
        box = intersect(slab, reach)
        if box is None:
            continue
        value = _sum(maps, structure, box, above_background=True)
        if best is None and box == slab:
            # Background is 0: nothing has to be filled with it first.
            torch.mul(_exceeds(value, 0).view(torch.uint8), structure, out=labels)
            best = value.clamp_(min=0)
            continue
        best = torch.zeros(labels.shape, device=labels.device) if best is None else best
        inside = _relative(box, slab)
        # Structures come in order, so where a later one wins its number is the larger one:
        # a maximum of bytes is ten times as fast as a masked fill.
        wins = _exceeds(value, best[inside]).view(torch.uint8).mul_(structure)
        torch.maximum(labels[inside], wins, out=labels[inside])
        if structure != last:
            torch.maximum(best[inside], value, out=best[inside])


def _exceeds(value: Tensor, other: Tensor | int) -> Tensor:
    """Return where `value` is larger: on a CPU by numpy, whose comparison is vectorised."""
    if value.device.type != "cpu":
        return value > other
    than = other.numpy() if isinstance(other, Tensor) else other
    return torch.from_numpy(np.greater(value.numpy(), than))


def restore_entropy(maps: Sequence[GridMap]) -> NDArray[np.uint8]:
    """Return the entropy of the mean softmax on the source grid, 255 = log(structures).

    `maps` hold softmax values, one map per structure; the result is uint8 (z, y, x).
    """
    first = maps[0]
    result = torch.zeros(first.target, dtype=torch.uint8, device=first.values.device)
    reached = [grid.reach(grid.values[0] < 1 - _CERTAIN) for grid in maps]
    boxes = [box for box in reached if box is not None]
    if boxes:
        each_slab(
            lambda slab: _put_entropy(result[slab], slab, maps), slabs(union(boxes)), result.device
        )
    return np.asarray(result.cpu().numpy())


def _put_entropy(result: Tensor, slab: Box, maps: Sequence[GridMap]) -> None:
    structures = int(maps[0].values.shape[0])
    # A softmax adds up to 1, and so does what is interpolated from it.
    background = torch.ones(result.shape, device=result.device)
    entropy = torch.zeros_like(background)
    for structure in range(1, structures):
        mean = _sum(maps, structure, slab).div_(len(maps))
        background.sub_(mean)
        _add_term(entropy, mean)
    _add_term(entropy, background)
    result.copy_(entropy.mul_(-255 / math.log(structures)).round_().clamp_(0, 255))


def _add_term(total: Tensor, share: Tensor) -> None:
    """Add p·log p to `total`; `share` is spent."""
    share.clamp_(_TINY, 1)
    total.addcmul_(share, share.log())


def slabs(box: Box) -> Iterator[Box]:
    """Cut `box` along z into parts of about SLAB_VOXELS, to bound the memory."""
    area = (box[1].stop - box[1].start) * (box[2].stop - box[2].start)
    step = max(1, SLAB_VOXELS // area)
    for start in range(box[0].start, box[0].stop, step):
        yield slice(start, min(start + step, box[0].stop)), box[1], box[2]


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


def _relative(box: Box, origin: Box) -> Box:
    z, y, x = (
        slice(part.start - begin.start, part.stop - begin.start)
        for part, begin in zip(box, origin, strict=True)
    )
    return z, y, x


def _winning_box(maps: Sequence[GridMap], structure: int) -> Box | None:
    reached = [grid.reach(~_exceeds(grid.values[0], grid.values[structure])) for grid in maps]
    boxes = [box for box in reached if box is not None]
    if not boxes:
        return None
    z, y, x = (
        slice(max(part.start - MARGIN, 0), min(part.stop + MARGIN, size))
        for part, size in zip(union(boxes), maps[0].target, strict=True)
    )
    return z, y, x


def _sum(
    maps: Sequence[GridMap], structure: int, box: Box, *, above_background: bool = False
) -> Tensor:
    total = maps[0].restore(structure, box, above_background=above_background)
    for grid in maps[1:]:
        total.add_(grid.restore(structure, box, above_background=above_background))
    return total
