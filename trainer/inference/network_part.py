"""The part of a network's grid around a region of the source, wide enough for a tile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from trainer.contract.tiling import Triple
from trainer.inference.grid_map import Box
from trainer.inference.network_grid import NetworkGrid, Region
from trainer.preprocessing.prepare import PreparedImage


def part_around(grid: NetworkGrid, region: Region, patch: Triple) -> NetworkGrid | None:
    """Return the part of `grid` that `region` is interpolated from, widened to a patch.

    It is shifted inside the grid, so that tiles laid over it see real voxels all round and
    are padded only where the whole grid is smaller than the patch. Its source is `region`
    alone: outside, `to_source` gives background. None where the region lies outside the crop.

    Parameters
    ----------
    region : (z0, z1, y0, y1, x0, x1) in (S, P, L) voxels of the source, ends excluded.
    patch : voxels of a tile in the network's axes.
    """
    needed = grid.box_of(region)
    if needed is None:
        return None
    span = _widened(needed, patch, grid.shape)
    crop = grid.source_crop()
    inside = [
        (max(low, region[2 * axis]), min(high, region[2 * axis + 1]))
        for axis, (low, high) in enumerate(crop)
    ]
    operators = []
    for axis, place in enumerate(grid.prepared.axes.places):
        start = crop[axis][0]
        rows = slice(inside[axis][0] - start, inside[axis][1] - start)
        operators.append(grid.operators[axis][rows, span[place]].contiguous())
    z, y, x = operators
    image = grid.image[span].contiguous()
    cut = _crop_in_network_axes(grid.prepared, inside)
    prepared = replace(grid.prepared, array=image.cpu().numpy(), crop=cut)
    return replace(grid, image=image, prepared=prepared, operators=(z, y, x))


def region_of(
    grid: NetworkGrid, found: torch.Tensor, spacing: tuple[float, float, float], margin_mm: float
) -> Region | None:
    """Return the source voxels that interpolate from a True voxel of `found`, and
    `margin_mm` around them, inside the image; None where nothing is True.

    Parameters
    ----------
    found : boolean (z, y, x) on the network's grid, in its axes.
    spacing : mm of the source's voxels along S, P, L.
    """
    box = grid.class_map(found[None]).reach(found.permute(grid.prepared.axes.places))
    if box is None:
        return None
    bounds: list[int] = []
    for axis, place in enumerate(grid.prepared.axes.places):
        low = grid.source_crop()[axis][0]
        margin = int(np.ceil(margin_mm / spacing[axis]))
        size = grid.prepared.source_shape[place]
        bounds += [
            max(low + box[axis].start - margin, 0),
            min(low + box[axis].stop + margin, size),
        ]
    z0, z1, y0, y1, x0, x1 = bounds
    return z0, z1, y0, y1, x0, x1


def _widened(box: Box, patch: Triple, shape: Triple) -> Box:
    parts = []
    for part, length, size in zip(box, patch, shape, strict=True):
        missing = max(min(length, size) - (part.stop - part.start), 0)
        start = min(max(part.start - missing // 2, 0), size - (part.stop - part.start) - missing)
        start = max(start, 0)
        parts.append(slice(start, start + (part.stop - part.start) + missing))
    return parts[0], parts[1], parts[2]


def _crop_in_network_axes(
    prepared: PreparedImage, inside: list[tuple[int, int]]
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    crop = [(0, 0)] * 3
    for axis, place in enumerate(prepared.axes.places):
        low, high = inside[axis]
        size = prepared.source_shape[place]
        crop[place] = (size - high, size - low) if prepared.axes.flipped[place] else (low, high)
    return crop[0], crop[1], crop[2]
