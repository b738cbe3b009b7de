"""Outlines and hatching with smooth edges, drawn into small pictures without any toolkit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from skimage.measure import find_contours

FINER = 3
"""Lines are drawn this many times finer, then averaged: their edges are smooth."""
DASH, GAP = 7.0, 4.5
HATCH_STEP, HATCH_WIDTH = 9.0, 3.2
Picture = NDArray[np.uint8]
Coverage = NDArray[np.float32]
Colour = tuple[int, int, int]


def outline(field: Coverage, width: float, dashed: bool = False) -> Coverage:
    """Return how much of each pixel the line around `field` > 0.5 covers, 0 to 1.

    `field` (rows, columns) is 0 outside and 1 inside, smooth or not; `width` is in pixels,
    dashes are 7 pixels with gaps of 4.5.
    """
    rows, columns = field.shape
    fine = np.zeros((rows * FINER, columns * FINER), bool)
    for contour in find_contours(  # type: ignore[no-untyped-call]
        np.pad(field, 1), 0.5
    ):
        points = _walked(contour - 1.0, dashed)
        places = np.floor((points + 0.5) * FINER).astype(int)
        inside = ((places >= 0) & (places < fine.shape)).all(axis=1)
        fine[places[inside, 0], places[inside, 1]] = True
    radius = width * FINER / 2
    reach = int(np.ceil(radius))
    down, across = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    fine = binary_dilation(fine, down**2 + across**2 <= radius**2)
    return _averaged(fine)


def hatching(where: NDArray[np.bool_], rising: bool) -> Coverage:
    """Return how much of each pixel of `where` slanted lines cover, rising or falling."""
    rows, columns = np.indices((where.shape[0] * FINER, where.shape[1] * FINER))
    along = (rows + columns if rising else rows - columns) / FINER
    lines = np.mod(along, HATCH_STEP) < HATCH_WIDTH
    return np.asarray(_averaged(lines) * where, np.float32)


def laid_over(picture: Picture, coverage: Coverage, colour: Colour) -> None:
    """Lay a colour over an RGB picture (rows, columns, 3) where and as much as it covers."""
    share = coverage[..., None]
    mixed = picture * (1 - share) + np.array(colour, np.float32) * share
    picture[...] = np.rint(mixed).astype(np.uint8)


def _walked(contour: NDArray[np.float64], dashed: bool) -> NDArray[np.float64]:
    """Return places along a contour, closer than a fine pixel, without the gaps of dashes."""
    steps = np.hypot(*np.diff(contour, axis=0).T)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.arange(0.0, length[-1], 0.8 / FINER)
    points = np.stack([np.interp(at, length, contour[:, axis]) for axis in (0, 1)], axis=1)
    return points[np.mod(at, DASH + GAP) < DASH] if dashed else points


def _averaged(fine: NDArray[np.bool_]) -> Coverage:
    rows, columns = (length // FINER for length in fine.shape)
    blocks = fine.reshape(rows, FINER, columns, FINER)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
