"""The outlines of the structures in one slice, as closed lines in index space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

Line = NDArray[np.float64]


def structure_contours(labels: NDArray[np.uint8], structure: int) -> list[Line]:
    """Return the closed outlines of one structure of a (rows, columns) slice.

    Each is an (n, 2) array of (row, column) with the first point repeated at its end. The
    line runs half way between the voxels inside and outside; corners are cut once, by less
    than a quarter of a voxel, so that it reads as an outline and not as stairs.
    """
    inside = labels == structure
    rows = np.flatnonzero(inside.any(axis=1))
    if rows.size == 0:
        return []
    columns = np.flatnonzero(inside[rows[0] : rows[-1] + 1].any(axis=0))
    r0, r1, c0, c1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    framed = np.zeros((r1 - r0 + 2, c1 - c0 + 2), np.float32)
    framed[1:-1, 1:-1] = inside[r0:r1, c0:c1]
    offset = np.array([r0 - 1, c0 - 1], float)
    lines = find_contours(framed, 0.5)  # type: ignore[no-untyped-call]
    return [without_straight_points(round_corners(line)) + offset for line in lines]


def round_corners(line: Line) -> Line:
    """Return a closed line with each corner cut at a quarter of its sides (Chaikin 1974)."""
    start, end = line[:-1], line[1:]
    cut = np.empty((2 * len(start) + 1, 2))
    cut[0:-1:2] = 0.75 * start + 0.25 * end
    cut[1:-1:2] = 0.25 * start + 0.75 * end
    cut[-1] = cut[0]
    return cut


def without_straight_points(line: Line) -> Line:
    """Return a closed line without the points on its straight parts, which draw nothing."""
    points = line[:-1]
    before = points - np.roll(points, 1, axis=0)
    after = np.roll(points, -1, axis=0) - points
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    kept = points[np.abs(turn) > 1e-9]
    return np.concatenate([kept, kept[:1]])
