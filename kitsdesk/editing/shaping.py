"""Change the outline of a structure as a whole: smooth it, widen it, narrow it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.signal import oaconvolve

from kitsdesk.editing.box import Box, box_slices, grown, structure_box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask, Patch

_TRUNCATE = 3.0
_CORNERS = np.ones((3, 3, 3), bool)
_KEPT_SHARE = 0.5
SmoothKind = Literal["gaussian", "median"]


def smooth(
    scene: EditScene, structure: int, radius_mm: float, kind: SmoothKind = "gaussian"
) -> Patch | None:
    """Return the patch that rounds off details of a structure smaller than `radius_mm`.

    All structures are blurred together and the strongest wins, so that no gap opens between
    kidney and tumor; only voxels that `structure` wins or loses change, and never those of a
    locked structure. A part that would lose more than half of its voxels (a small tumor)
    stays as it is.

    Parameters
    ----------
    kind : "gaussian" (SD `radius_mm`) rounds; "median" takes what most voxels of a ball of
        that radius have, and so removes spikes and thin bridges while flat faces stay.
    """
    box = _around(scene, structure, radius_mm * _TRUNCATE)
    if box is None or radius_mm <= 0:
        return None
    crop = scene.mask[box_slices(box)]
    winner = np.zeros(crop.shape, np.uint8)
    strongest = np.full(crop.shape, -1.0, np.float32)
    for present in np.unique(crop).tolist():
        blurred = _blurred(crop == present, radius_mm, scene.spacing, kind)
        stronger = blurred > strongest
        winner[stronger], strongest[stronger] = present, blurred[stronger]
    kept = _parts_that_vanish(crop == structure, winner == structure)
    concerned = ((crop == structure) | (winner == structure)) & ~kept
    after = np.where(concerned, winner, crop)
    return scene.replace(named("Smooth", structure), box, after)


def _blurred(
    inside: Voxels, radius_mm: float, spacing: tuple[float, float, float], kind: SmoothKind
) -> NDArray[np.float32]:
    values = inside.astype(np.float32)
    if kind == "gaussian":
        sigma = [radius_mm / step for step in spacing]
        found = ndimage.gaussian_filter(values, sigma, mode="nearest", truncate=_TRUNCATE)
        return np.asarray(found, np.float32)
    reach = [int(radius_mm / step) for step in spacing]
    grid = np.ogrid[tuple(slice(-n, n + 1) for n in reach)]
    square = sum((axis * step) ** 2 for axis, step in zip(grid, spacing, strict=True))
    ball = np.asarray(square <= radius_mm**2, np.float32)
    padded = np.pad(values, [(n, n) for n in reach], mode="edge")
    share = oaconvolve(padded, ball / ball.sum(), mode="valid")
    # The transform leaves noise of about 1e-7; a tie must not be decided by it.
    return np.asarray(np.round(share, 5), np.float32)


def _parts_that_vanish(inside: Voxels, smoothed: Voxels) -> Voxels:
    labels, count = ndimage.label(inside, structure=_CORNERS)
    size = np.bincount(labels.ravel(), minlength=count + 1)
    left = np.bincount(labels[smoothed], minlength=count + 1)
    vanishing = left < _KEPT_SHARE * size
    vanishing[0] = False
    return np.asarray(vanishing[labels], bool)


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
