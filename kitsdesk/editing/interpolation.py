"""Shape-based interpolation between the slices on which a structure is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kitsdesk.editing.box import box_slices, grown, structure_box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.strokes import PLANE_AXIS, Plane

_PAD = 2
Distance = NDArray[np.float64]


def interpolate(
    scene: EditScene, structure: int, plane: Plane = "axial", max_gap_mm: float = 40.0
) -> Patch | None:
    """Return the patch that fills the empty slices between drawn ones of `plane`.

    The signed distances (mm) to two drawn outlines are blended along the way from one
    centre to the other. Objects that lie apart as seen along the view (two kidneys) are
    treated apart, so each may have its own slices. Gaps wider than `max_gap_mm` stay. All
    gates hold and other structures are never touched. The patch is the preview: nothing
    is changed until it is committed.
    """
    box = structure_box(scene.mask, structure)
    if box is None:
        return None
    axis = PLANE_AXIS[plane]
    pad = [_PAD, _PAD, _PAD]
    pad[axis] = 0
    box = grown(box, (pad[0], pad[1], pad[2]), scene.mask.shape)
    drawn = np.moveaxis(scene.mask[box_slices(box)] == structure, axis, 0)
    flat = [step for other, step in enumerate(scene.spacing) if other != axis]
    reach = max_gap_mm / scene.spacing[axis]
    wanted = np.zeros(drawn.shape, bool)
    seen_along = drawn.any(axis=0)
    groups, count = ndimage.label(seen_along, structure=np.ones((3, 3), bool))
    for group in range(1, count + 1):
        for first, last in _gaps(drawn & (groups == group), reach):
            only = groups == group
            between = _between(drawn[first] & only, drawn[last] & only, last - first, flat)
            wanted[first + 1 : last] |= between
    restored = np.moveaxis(wanted, 0, axis)
    return _paint_background(scene, structure, box, restored)


def _paint_background(
    scene: EditScene, structure: int, box: tuple[int, int, int, int, int, int], wanted: Voxels
) -> Patch | None:
    free = wanted & (scene.mask[box_slices(box)] == 0)
    return scene.paint(named("Interpolate", structure), box, free, structure)


def _gaps(drawn: Voxels, reach: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of neighbouring drawn slices with empty ones between them."""
    slices = np.flatnonzero(drawn.any(axis=(1, 2))).tolist()
    for first, last in pairwise(slices):
        if 1 < last - first <= reach:
            yield first, last


def _between(first: Voxels, last: Voxels, steps: int, spacing: list[float]) -> Voxels:
    """Return the slices between two outlines, (steps − 1, rows, columns)."""
    start, end = _signed_distance(first, spacing), _signed_distance(last, spacing)
    from_centre = np.array(ndimage.center_of_mass(first))
    to_centre = np.array(ndimage.center_of_mass(last))
    slices = []
    for step in range(1, steps):
        share = step / steps
        centre = (1 - share) * from_centre + share * to_centre
        blend = (1 - share) * _shifted(start, centre - from_centre)
        blend += share * _shifted(end, centre - to_centre)
        slices.append(blend <= 0)
    return np.stack(slices)


def _signed_distance(shape: Voxels, spacing: list[float]) -> Distance:
    """Return the distance in mm to the outline, negative inside."""
    outside = np.asarray(ndimage.distance_transform_edt(~shape, sampling=spacing))
    inside = np.asarray(ndimage.distance_transform_edt(np.pad(shape, 1), sampling=spacing))
    half = 0.5 * min(spacing)
    return np.where(shape, half - inside[1:-1, 1:-1], outside - half)


def _shifted(distance: Distance, by: NDArray[np.float64]) -> Distance:
    return np.asarray(ndimage.shift(distance, by, order=1, mode="nearest"))
