"""The part of a volume where masks hold anything; everything else need not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int, int, int]
Slices = tuple[slice, slice, slice]


def foreground_box(masks: Sequence[NDArray[Any]]) -> Box | None:
    """Return the smallest (z0, z1, y0, y1, x0, x1) that holds every voxel > 0 of all masks.

    Ends are exclusive; masks are (z, y, x) of one shape. None where all are empty.

    Raises
    ------
    ValueError : there is no mask, or the shapes differ.
    """
    if not masks or any(mask.shape != masks[0].shape for mask in masks):
        raise ValueError(f"masks of shapes {[mask.shape for mask in masks]}")
    rows = np.zeros(masks[0].shape[:2], bool)
    for mask in masks:
        rows |= mask.any(axis=2)
    if not rows.any():
        return None
    z0, z1 = _range(rows.any(axis=1))
    y0, y1 = _range(rows.any(axis=0))
    columns = np.zeros(masks[0].shape[2], bool)
    for mask in masks:
        columns |= mask[z0:z1, y0:y1].any(axis=(0, 1))
    x0, x1 = _range(columns)
    return (z0, z1, y0, y1, x0, x1)


def slices_of(box: Box) -> Slices:
    """Return the slices that cut `box` out of a (z, y, x) array."""
    z0, z1, y0, y1, x0, x1 = box
    return (slice(z0, z1), slice(y0, y1), slice(x0, x1))


def box_of(slices: Sequence[slice], start: Sequence[int] = (0, 0, 0)) -> Box:
    """Return the box of three `slices` that count from `start` (z, y, x)."""
    (z, y, x), (z0, y0, x0) = slices, start
    return (z.start + z0, z.stop + z0, y.start + y0, y.stop + y0, x.start + x0, x.stop + x0)


def widened(box: Box, margin: Sequence[int], shape: Sequence[int]) -> Box:
    """Return `box` with `margin` (z, y, x) voxels more on every side, inside `shape`."""
    lows = [max(0, low - more) for low, more in zip(box[::2], margin, strict=True)]
    highs = [
        min(length, high + more)
        for high, more, length in zip(box[1::2], margin, shape, strict=True)
    ]
    return (lows[0], highs[0], lows[1], highs[1], lows[2], highs[2])


def _range(present: Any) -> tuple[int, int]:
    places = np.flatnonzero(present)
    return int(places[0]), int(places[-1]) + 1
