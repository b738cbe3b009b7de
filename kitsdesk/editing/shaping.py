"""Change the outline of a structure as a whole: smooth it, widen it, narrow it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kitsdesk.editing.box import Box, box_slices, grown, structure_box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.patch import Mask, Patch

_TRUNCATE = 3.0


def smooth(scene: EditScene, structure: int, radius_mm: float) -> Patch | None:
    """Return the patch that rounds off details of a structure smaller than `radius_mm`.

    All structures are blurred together (Gaussian, SD `radius_mm` in mm) and the strongest
    wins, so that no gap opens between kidney and tumor; only voxels that `structure` wins
    or loses change, and never those of a locked structure.
    """
    sigma = [radius_mm / step for step in scene.spacing]
    box = _around(scene, structure, radius_mm * _TRUNCATE)
    if box is None or radius_mm <= 0:
        return None
    crop = scene.mask[box_slices(box)]
    winner = np.zeros(crop.shape, np.uint8)
    strongest = np.full(crop.shape, -1.0, np.float32)
    for present in np.unique(crop).tolist():
        blurred = ndimage.gaussian_filter(
            (crop == present).astype(np.float32), sigma, mode="nearest", truncate=_TRUNCATE
        )
        stronger = blurred > strongest
        winner[stronger], strongest[stronger] = present, blurred[stronger]
    concerned = (crop == structure) | (winner == structure)
    after = np.where(concerned, winner, crop)
    return scene.replace(named("Smooth", structure), box, after)


def margin(scene: EditScene, structure: int, by_mm: float) -> Patch | None:
    """Return the patch that widens (`by_mm` > 0) or narrows (< 0) a structure.

    Widening obeys all gates and takes background only, unless the gate "only over" names
    other structures. What narrowing frees goes to the nearest other structure or background.
    """
    if by_mm > 0:
        return _widen(scene, structure, by_mm)
    return _narrow(scene, structure, -by_mm) if by_mm < 0 else None


def _widen(scene: EditScene, structure: int, by_mm: float) -> Patch | None:
    box = _around(scene, structure, by_mm)
    if box is None:
        return None
    outside = scene.mask[box_slices(box)] != structure
    distance = np.asarray(ndimage.distance_transform_edt(outside, sampling=scene.spacing))
    name = f"{named('Widen', structure)} by {by_mm:g} mm"
    return scene.paint(name, box, outside & (distance <= by_mm), structure, spare=True)


def _narrow(scene: EditScene, structure: int, by_mm: float) -> Patch | None:
    box = _around(scene, structure, 0.0)
    if box is None:
        return None
    crop = scene.mask[box_slices(box)]
    inside = crop == structure
    if inside.all():
        return None
    distance, nearest = _distance_and_nearest(inside, scene.spacing)
    freed = inside & (distance <= by_mm)
    after: Mask = crop.copy()
    z, y, x = (axis[freed] for axis in nearest)
    after[freed] = crop[z, y, x]
    return scene.replace(f"{named('Narrow', structure)} by {by_mm:g} mm", box, after)


def _distance_and_nearest(
    inside: NDArray[np.bool_], spacing: tuple[float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    distance, nearest = ndimage.distance_transform_edt(
        inside, sampling=spacing, return_indices=True
    )
    return np.asarray(distance), np.asarray(nearest)


def _around(scene: EditScene, structure: int, reach_mm: float) -> Box | None:
    box = structure_box(scene.mask, structure)
    if box is None:
        return None
    z, y, x = (int(np.ceil(reach_mm / step)) + 1 for step in scene.spacing)
    return grown(box, (z, y, x), scene.mask.shape)
