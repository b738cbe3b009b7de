"""What a canvas shows of a case at first: the kidneys with some room, or all of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kitsdesk.viewer.scene import Triple

MARGIN_MM = 25.0
# The box is only for framing, so every 2nd slice and 4th voxel is enough to find it.
COARSE = (2, 4, 4)


def whole_box(shape: tuple[int, int, int], spacing: Triple) -> tuple[Triple, Triple]:
    """Return the low and high corner, in grid mm, of the outer faces of a volume."""
    low = (-spacing[0] / 2, -spacing[1] / 2, -spacing[2] / 2)
    z, y, x = ((n - 0.5) * s for n, s in zip(shape, spacing, strict=True))
    return low, (z, y, x)


def mask_box(mask: NDArray[np.uint8], spacing: Triple) -> tuple[Triple, Triple] | None:
    """Return the corners in grid mm of the mask's foreground with a margin, None if empty."""
    coarse = mask[:: COARSE[0], :: COARSE[1], :: COARSE[2]] > 0
    if not coarse.any():
        coarse_step = (1, 1, 1)
        coarse = mask > 0
        if not coarse.any():
            return None
    else:
        coarse_step = COARSE
    low, high = [], []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        hit = np.flatnonzero(coarse.any(axis=others)) * coarse_step[axis]
        low.append(float(hit[0]) * spacing[axis] - MARGIN_MM)
        high.append(float(hit[-1]) * spacing[axis] + MARGIN_MM)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def clip_box(box: tuple[Triple, Triple], outer: tuple[Triple, Triple]) -> tuple[Triple, Triple]:
    """Return the part of a box that lies inside another."""
    low = tuple(max(a, b) for a, b in zip(box[0], outer[0], strict=True))
    high = tuple(min(a, b) for a, b in zip(box[1], outer[1], strict=True))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def largest_place(mask: NDArray[np.uint8], spacing: Triple) -> Triple | None:
    """Return the grid mm of the voxel in the middle of the tumor, else of any foreground,
    on the axial slice where there is most of it; None for an empty mask."""
    coarse = mask[:, :: COARSE[1], :: COARSE[2]]
    for wanted in (coarse == 2, coarse > 0):
        per_slice = np.count_nonzero(wanted, axis=(1, 2))
        if per_slice.any():
            z = int(per_slice.argmax())
            places = np.argwhere(wanted[z])
            away = np.abs(places - places.mean(axis=0)).sum(axis=1)
            row, column = (float(value) for value in places[away.argmin()])
            return (z * spacing[0], row * COARSE[1] * spacing[1], column * COARSE[2] * spacing[2])
    return None
