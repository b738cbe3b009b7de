"""The surface of a voxel mask in pieces: one between every eight neighbouring voxel centres.

Where the eight centres of a 2×2×2 block are not all inside or all outside, the surface
passes between them, through the middle of every edge that joins an inside to an outside
centre, as in marching cubes. The area of such a piece depends on which of the eight are
inside (256 codes) and on the spacing, and sums up to the areas that KiTS23's evaluation uses.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

Corner = tuple[int, int, int]
Spacing = tuple[float, float, float]

_CORNERS: tuple[Corner, ...] = tuple((z, y, x) for z, y, x in itertools.product((0, 1), repeat=3))
_ALL = 255


def surface_pieces(
    voxels: NDArray[np.bool_], spacing: Spacing
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the pieces of a mask's surface lie, and how large they are.

    Parameters
    ----------
    voxels : boolean (z, y, x); outside the array is background.
    spacing : mm along (z, y, x).

    Returns
    -------
    Positions (n, 3) in mm of the middle of each 2×2×2 block, from half a voxel before the
    first voxel centre, and areas (n,) in mm².
    """
    padded = np.pad(voxels, 1)
    inner = [slice(0, -1), slice(1, None)]
    codes = np.zeros([size - 1 for size in padded.shape], np.uint8)
    for bit, corner in enumerate(_CORNERS):
        z, y, x = (inner[step] for step in corner)
        codes |= padded[z, y, x].astype(np.uint8) << np.uint8(bit)
    places = np.nonzero((codes != 0) & (codes != _ALL))
    areas = piece_areas(spacing)[codes[places]]
    return np.stack(places, axis=1) * np.asarray(spacing), areas


@lru_cache(maxsize=64)
def piece_areas(spacing: Spacing) -> NDArray[np.float64]:
    """Return the area in mm² of the piece for each of the 256 codes; bit k is set where the
    k-th corner of (z, y, x) in {0, 1}³, x running fastest, is inside."""
    areas = np.zeros(_ALL + 1)
    for code in range(1, _ALL):
        inside = [corner for bit, corner in enumerate(_CORNERS) if code >> bit & 1]
        # A mask and its complement have one surface: the smaller side is easier.
        if len(inside) > len(_CORNERS) // 2:
            inside = [corner for corner in _CORNERS if corner not in inside]
        areas[code] = sum(_area(part, spacing) for part in _connected(inside))
    return areas


def _connected(corners: list[Corner]) -> list[list[Corner]]:
    """Return the corners in groups that are joined by edges of the block."""
    left, groups = list(corners), []
    while left:
        group = [left.pop()]
        for corner in group:
            joined = [other for other in left if _step(corner, other) is not None]
            left = [other for other in left if other not in joined]
            group += joined
        groups.append(group)
    return groups


def _step(first: Corner, second: Corner) -> int | None:
    """Return the axis along which two corners are neighbours, None where they are not."""
    differing = [axis for axis in range(3) if first[axis] != second[axis]]
    return differing[0] if len(differing) == 1 else None


def _area(corners: list[Corner], spacing: Spacing) -> float:
    path = _twisted_path(corners)
    triangles = _hull_triangles(corners) if path is None else _twisted_triangles(path)
    edges = np.diff(triangles, axis=1) * np.asarray(spacing)
    normals = np.cross(edges[:, 0], edges[:, 1])
    return float(np.linalg.norm(normals, axis=1).sum()) / 2


def _hull_triangles(corners: list[Corner]) -> NDArray[np.float64]:
    """Return the triangles (n, 3, 3) between the crossed edges' middles: of the hull around
    them and the corners, what does not lie on the block's own faces."""
    points = {tuple(map(float, corner)) for corner in corners}
    for corner in corners:
        for axis in range(3):
            if _moved(corner, axis) not in corners:
                points.add(tuple(_middle(corner, axis)))
    places = np.array(sorted(points))
    triangles = places[ConvexHull(places).simplices]
    on_faces = np.zeros(len(triangles), bool)
    for axis, side in itertools.product(range(3), (0.0, 1.0)):
        on_faces |= (triangles[:, :, axis] == side).all(axis=1)
    return np.asarray(triangles[~on_faces])


def _twisted_path(corners: list[Corner]) -> list[Corner] | None:
    """Return four corners in a row along three different axes, None where they are not.

    Their six crossed edges do not lie in planes, so that the area depends on the triangles.
    """
    if len(corners) != 4:
        return None
    ends = [one for one in corners if sum(_step(one, other) is not None for other in corners) == 1]
    if len(ends) != 2 or any(a == b for a, b in zip(*ends, strict=True)):
        return None
    path = [ends[0]]
    while len(path) < 4:
        near = [one for one in corners if one not in path and _step(path[-1], one) is not None]
        path.append(near[0])
    return path


def _twisted_triangles(path: list[Corner]) -> NDArray[np.float64]:
    """Return marching cubes' triangles of a twisted path: a fan from the first corner's edge
    along the axis of the path's second step."""
    first, second, third = (
        next(axis for axis in range(3) if one[axis] != other[axis])
        for one, other in itertools.pairwise(path)
    )
    start, after, before, end = path
    ring = [
        _middle(start, second),
        _middle(start, third),
        _middle(after, third),
        _middle(end, second),
        _middle(end, first),
        _middle(before, first),
    ]
    return np.array([[ring[0], one, other] for one, other in itertools.pairwise(ring[1:])])


def _moved(corner: Corner, axis: int) -> Corner:
    z, y, x = (1 - value if at == axis else value for at, value in enumerate(corner))
    return z, y, x


def _middle(corner: Corner, axis: int) -> list[float]:
    return [0.5 if at == axis else float(value) for at, value in enumerate(corner)]


def bounding_box(voxels: NDArray[Any]) -> tuple[slice, ...]:
    """Return the box around all that is True; an array without any is a ValueError."""
    parts = []
    for axis in range(voxels.ndim):
        others = tuple(other for other in range(voxels.ndim) if other != axis)
        found = np.flatnonzero(voxels.any(axis=others))
        if found.size == 0:
            raise ValueError("nothing is True")
        parts.append(slice(int(found[0]), int(found[-1]) + 1))
    return tuple(parts)
