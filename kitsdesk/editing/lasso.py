"""Fill or erase what a freehand outline encloses on one slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.draw import polygon

from kitsdesk.editing.box import Box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.strokes import PLANE_AXIS, Plane


def lasso(
    scene: EditScene,
    plane: Plane,
    outline: Sequence[Sequence[float]] | NDArray[np.float64],
    structure: int,
    *,
    erase: bool = False,
) -> Patch | None:
    """Return the patch that paints (or erases) `structure` inside a closed outline.

    Parameters
    ----------
    outline : fractional (z, y, x) indices in order; the last joins the first. The slice is
        that of the first point. What a self-crossing outline goes around twice is inside.
    erase : turn only `structure` to background.
    """
    points = np.asarray(outline, float)
    if len(points) < 3:
        return None
    found = _inside(points, PLANE_AXIS[plane], scene.mask.shape)
    if found is None:
        return None
    box, voxels = found
    if erase:
        return scene.erase(named("Lasso erase", structure), box, voxels, structure)
    return scene.paint(named("Lasso", structure), box, voxels, structure)


def _inside(
    points: NDArray[np.float64], axis: int, shape: tuple[int, ...]
) -> tuple[Box, Voxels] | None:
    place = int(np.floor(points[0, axis] + 0.5))
    if not 0 <= place < shape[axis]:
        return None
    rows, columns = (other for other in range(3) if other != axis)
    low = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, shape)
    low[axis], high[axis] = place, place + 1
    if (low >= high).any():
        return None
    inside: NDArray[Any] = np.zeros((high[rows] - low[rows], high[columns] - low[columns]), bool)
    down, across = points[:, rows] - low[rows], points[:, columns] - low[columns]
    at = polygon(down, across, inside.shape)  # type: ignore[no-untyped-call]
    inside[at] = True
    filled: Voxels = np.asarray(ndimage.binary_fill_holes(inside), bool)
    box = (int(low[0]), int(high[0]), int(low[1]), int(high[1]), int(low[2]), int(high[2]))
    return box, np.expand_dims(filled, axis)
