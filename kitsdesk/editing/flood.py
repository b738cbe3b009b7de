"""Fill the connected region under the pointer, bounded by structures, gates and HU."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from kitsdesk.editing.box import Box, box_slices, grown
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.strokes import PLANE_AXIS, Plane
from trainer.contract.errors import KitsDeskError

Index = tuple[int, int, int]
_FIRST_REACH = 24


class FillLeaks(KitsDeskError):
    """The region runs out of the body: there is no outline that holds it."""


def fill(
    scene: EditScene,
    seed: Index,
    structure: int,
    *,
    plane: Plane | None = None,
    tolerance_hu: float | None = None,
) -> Patch | None:
    """Return the patch that gives the region around `seed` (z, y, x) to `structure`.

    The region is connected through voxel faces; its voxels have the structure of the
    seed's voxel, pass all gates and, with `tolerance_hu`, lie within that many HU of the
    mean of the 3×3×3 voxels at the seed. `plane` keeps it on the seed's slice.

    Raises
    ------
    FillLeaks : background would be filled as far as the edge of the image.
    """
    shape = scene.mask.shape
    if any(not 0 <= at < size for at, size in zip(seed, shape, strict=True)):
        return None
    value = int(scene.mask[seed])
    if value == structure:
        return None
    limits = _slice_limits(shape, seed, plane)
    found = _grow_box(seed, limits, _candidates(scene, seed, value, structure, tolerance_hu))
    if found is None:
        return None
    box, region = found
    if value == 0 and _meets_edge(box, region, shape, plane):
        raise FillLeaks(
            "The fill runs to the edge of the image.",
            kept="Nothing was changed.",
            advice="Close the outline first, or set a HU range.",
        )
    return scene.paint(named("Fill", structure), box, region, structure)


def _candidates(
    scene: EditScene, seed: Index, value: int, structure: int, tolerance: float | None
) -> Callable[[Box], Voxels]:
    centre = 0.0
    if tolerance is not None and scene.image is not None:
        near = grown(_point(seed), (1, 1, 1), scene.mask.shape)
        centre = float(np.mean(scene.image[box_slices(near)]))

    def candidates(box: Box) -> Voxels:
        cut = box_slices(box)
        wanted: Voxels = scene.mask[cut] == value
        if tolerance is not None and scene.image is not None:
            wanted &= np.abs(scene.image[cut].astype(np.float32) - centre) <= tolerance
        return scene.open_voxels(box, wanted, erasing=structure == 0)

    return candidates


def _grow_box(
    seed: Index, limits: Box, candidates: Callable[[Box], Voxels]
) -> tuple[Box, Voxels] | None:
    """Label in a box around the seed that grows until the region no longer meets its sides."""
    ends = (limits[1], limits[3], limits[5])
    reach = _FIRST_REACH
    while True:
        box = _clip(grown(_point(seed), (reach, reach, reach), ends), limits)
        labels, _ = ndimage.label(candidates(box))
        here = labels[seed[0] - box[0], seed[1] - box[2], seed[2] - box[4]]
        if here == 0:
            return None
        region = labels == here
        if box == limits or not _meets(region, box, limits):
            return box, region
        reach *= 2


def _meets(region: Voxels, box: Box, limits: Box) -> bool:
    """Return whether the region touches a side of `box` that is not a side of `limits`."""
    for side in range(6):
        axis, last = divmod(side, 2)
        if box[side] != limits[side] and region.take(-1 if last else 0, axis=axis).any():
            return True
    return False


def _meets_edge(box: Box, region: Voxels, shape: tuple[int, ...], plane: Plane | None) -> bool:
    """A kidney may be cut by the first slice, but never by a side of the image."""
    flat = None if plane is None else PLANE_AXIS[plane]
    for axis in (1, 2):
        if axis == flat:
            continue
        first, last = box[2 * axis] == 0, box[2 * axis + 1] == shape[axis]
        if first and region.take(0, axis=axis).any():
            return True
        if last and region.take(-1, axis=axis).any():
            return True
    return False


def _slice_limits(shape: tuple[int, ...], seed: Index, plane: Plane | None) -> Box:
    low, high = [0, 0, 0], list(shape)
    if plane is not None:
        axis = PLANE_AXIS[plane]
        low[axis], high[axis] = seed[axis], seed[axis] + 1
    return low[0], high[0], low[1], high[1], low[2], high[2]


def _clip(box: Box, limits: Box) -> Box:
    z0, z1, y0, y1, x0, x1 = (
        max(at, limit) if side % 2 == 0 else min(at, limit)
        for side, (at, limit) in enumerate(zip(box, limits, strict=True))
    )
    return z0, z1, y0, y1, x0, x1


def _point(seed: Index) -> Box:
    z, y, x = seed
    return z, z + 1, y, y + 1, x, x + 1
