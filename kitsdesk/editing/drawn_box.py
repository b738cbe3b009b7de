"""A box that is drawn in one view and then pulled at its sides in any view, in mm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.box import Box

Triple = tuple[float, float, float]
Place = Sequence[float] | NDArray[np.float64]
Side = tuple[int, int]  # array axis, 0 = low end, 1 = high end


def box_between(
    first: Place,
    last: Place,
    axis: int,
    depth_mm: float | None,
    spacing: Triple,
    shape: Sequence[int],
) -> Box | None:
    """Return the voxels between two corners drawn on a slice across `axis`.

    Parameters
    ----------
    first, last : fractional (z, y, x) indices; the slice is that of `first`.
    depth_mm : how deep the box is across the slice, which stays in its middle; 0 takes the
        slice alone, None makes it as deep as its two sides are long on average.

    None where nothing of the box lies in an image of `shape`.
    """
    ends = np.floor(np.array([first, last], float) + 0.5).astype(int)
    low, high = ends.min(axis=0), ends.max(axis=0) + 1
    if depth_mm is None:
        sides = [(high[a] - low[a]) * spacing[a] for a in range(3) if a != axis]
        depth_mm = float(np.mean(sides))
    beside = max(0, round((depth_mm / spacing[axis] - 1) / 2))
    low[axis], high[axis] = ends[0, axis] - beside, ends[0, axis] + beside + 1
    low, high = np.maximum(low, 0), np.minimum(high, shape)
    return None if (low >= high).any() else _as_box(low, high)


def sides_at(
    box: Box, axis: int, place: Place, reach_mm: float, spacing: Triple
) -> tuple[Side, ...]:
    """Return the sides of `box` that a hand takes hold of at `place` on a slice across `axis`.

    `place` is a fractional (z, y, x) index. One side, two at a corner, none farther than
    `reach_mm` from the rectangle.
    """
    held: list[Side] = []
    for other in (a for a in range(3) if a != axis):
        low, high = box[2 * other] - 0.5, box[2 * other + 1] - 0.5
        reach = reach_mm / spacing[other]
        if not low - reach <= place[other] <= high + reach:
            return ()
        away = abs(place[other] - low), abs(place[other] - high)
        if min(away) <= reach:
            held.append((other, int(away[1] < away[0])))
    return tuple(held)


def encloses(box: Box, place: Place, axis: int) -> bool:
    """Return whether `place` lies in the rectangle of `box` seen along `axis`."""
    return all(box[2 * a] - 0.5 <= place[a] <= box[2 * a + 1] - 0.5 for a in range(3) if a != axis)


def with_sides_at(box: Box, sides: Sequence[Side], place: Place, shape: Sequence[int]) -> Box:
    """Return `box` with `sides` moved to `place`, at least one voxel wide, inside `shape`."""
    ends = list(box)
    for axis, end in sides:
        at = int(np.floor(place[axis] + 0.5))
        if end:
            ends[2 * axis + 1] = min(max(at + 1, ends[2 * axis] + 1), shape[axis])
        else:
            ends[2 * axis] = max(min(at, ends[2 * axis + 1] - 1), 0)
    return ends[0], ends[1], ends[2], ends[3], ends[4], ends[5]


def shifted(box: Box, by: Place, shape: Sequence[int]) -> Box:
    """Return `box` moved by (z, y, x) voxels, kept whole inside `shape`."""
    low, high = np.array(box[::2]), np.array(box[1::2])
    steps = np.round(np.asarray(by, float)).astype(int)
    steps = np.clip(steps, -low, np.array(shape) - high)
    return _as_box(low + steps, high + steps)


def _as_box(low: NDArray[np.int_], high: NDArray[np.int_]) -> Box:
    return int(low[0]), int(high[0]), int(low[1]), int(high[1]), int(low[2]), int(high[2])
