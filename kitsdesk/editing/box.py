"""Half-open voxel boxes (z0, z1, y0, y1, x0, x1) in a (z, y, x) array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int, int, int]
Slices = tuple[slice, slice, slice]


def box_slices(box: Box) -> Slices:
    """Return the slices that cut `box` out of an array."""
    z0, z1, y0, y1, x0, x1 = box
    return slice(z0, z1), slice(y0, y1), slice(x0, x1)


def box_shape(box: Box) -> tuple[int, int, int]:
    """Return the number of voxels along (z, y, x)."""
    z0, z1, y0, y1, x0, x1 = box
    return z1 - z0, y1 - y0, x1 - x0


def whole(shape: tuple[int, ...]) -> Box:
    """Return the box of a whole (z, y, x) array."""
    return 0, shape[0], 0, shape[1], 0, shape[2]


def union(first: Box | None, second: Box) -> Box:
    """Return the smallest box around both; `second` where there is no first."""
    if first is None:
        return second
    a, b = first, second
    return (
        min(a[0], b[0]),
        max(a[1], b[1]),
        min(a[2], b[2]),
        max(a[3], b[3]),
        min(a[4], b[4]),
        max(a[5], b[5]),
    )


def grown(box: Box, by: tuple[int, int, int], shape: tuple[int, ...]) -> Box:
    """Return `box` widened by `by` voxels (z, y, x) on both sides, clipped to `shape`."""
    return (
        max(0, box[0] - by[0]),
        min(shape[0], box[1] + by[0]),
        max(0, box[2] - by[1]),
        min(shape[1], box[3] + by[1]),
        max(0, box[4] - by[2]),
        min(shape[2], box[5] + by[2]),
    )


def moved(inner: Box, outer: Box) -> Box:
    """Return `inner`, given inside the crop `outer`, in the coordinates of the whole array."""
    return (
        inner[0] + outer[0],
        inner[1] + outer[0],
        inner[2] + outer[2],
        inner[3] + outer[2],
        inner[4] + outer[4],
        inner[5] + outer[4],
    )


def bounding_box(voxels: NDArray[np.bool_]) -> Box | None:
    """Return the box of the true voxels of a (z, y, x) array, None where there are none."""
    planes = np.flatnonzero(voxels.any(axis=(1, 2)))
    if planes.size == 0:
        return None
    slab: NDArray[np.bool_] = np.any(voxels[planes[0] : planes[-1] + 1], axis=0)
    rows = np.flatnonzero(slab.any(axis=1))
    columns = np.flatnonzero(slab.any(axis=0))
    return (
        int(planes[0]),
        int(planes[-1]) + 1,
        int(rows[0]),
        int(rows[-1]) + 1,
        int(columns[0]),
        int(columns[-1]) + 1,
    )


def structure_box(mask: NDArray[Any], structure: int) -> Box | None:
    """Return the box of one structure of a mask, None where the mask has none of it."""
    return bounding_box(mask == structure)
