"""Grow structures from what is drawn of them to the edges that the image shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

from kitsdesk.editing.box import Box, box_slices, grown, moved, structure_box, union
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask, Patch

_BLUR_MM = 1.0
_DEVIATIONS = 3.0
_LEAST_DEVIATION_HU = 10.0
_BACKGROUND = 1  # seeds of structure s have the mark s + 1
_CROSS = ndimage.generate_binary_structure(3, 1)


def grow(
    scene: EditScene,
    structure: int,
    reach_mm: float = 15.0,
    *,
    together: bool = False,
    background: Voxels | None = None,
) -> Patch | None:
    """Return the patch that grows `structure` from its drawn voxels.

    A watershed on the gradient of the blurred image (1 mm) floods from all seeds at once:
    every drawn structure, and background: what was marked as such, or is more than three SD
    away from the HU of each growing structure. Nothing farther than `reach_mm` from drawn
    voxels is reached. All gates hold, and only background is taken. None where nothing
    changes or there is no image.

    Parameters
    ----------
    together : every drawn structure that is not locked grows, each as far as the others let
        it; where votes gate the painting they are those of `structure`, which grows alone.
    background : bool (z, y, x), seeds of background drawn by hand.
    """
    growing = _growing(scene, structure, together)
    boxes = _reached_boxes(scene, growing, reach_mm)
    if scene.image is None or not boxes:
        return None
    around: Box | None = None
    for box in boxes:
        around = union(around, box)
    assert around is not None
    after = scene.mask[box_slices(around)].copy()
    for box in boxes:
        cut = box_slices(_inside(box, around))
        marks = None if background is None else background[box_slices(box)]
        wanted = _flooded(scene, box, growing, reach_mm, marks)
        after[cut] = np.where((after[cut] == 0) & (wanted > 0), wanted, after[cut])
    before = scene.mask[box_slices(around)]
    held = ~scene.open_voxels(around, after != before)
    after[held] = before[held]
    name = "Grow from seeds" if len(growing) > 1 else named("Grow", structure)
    return Patch.between(name, around, before, after)


def _growing(scene: EditScene, structure: int, together: bool) -> tuple[int, ...]:
    if not together or scene.gates.votes_at_least:
        return (structure,)
    present = np.flatnonzero(np.bincount(scene.mask.ravel(), minlength=1)[1:]) + 1
    return tuple(s for s in present.tolist() if s not in scene.gates.locked)


def _reached_boxes(scene: EditScene, growing: tuple[int, ...], reach_mm: float) -> list[Box]:
    """Return the boxes within reach of the seeds; those that meet are joined, so that two
    kidneys far apart do not flood what lies between them."""
    whole: Box | None = None
    for structure in growing:
        found = structure_box(scene.mask, structure)
        whole = union(whole, found) if found is not None else whole
    if whole is None:
        return []
    drawn = np.isin(scene.mask[box_slices(whole)], growing)
    labels, _ = ndimage.label(drawn, structure=np.ones((3, 3, 3), bool))
    z, y, x = (int(np.ceil(reach_mm / step)) + 1 for step in scene.spacing)
    boxes: list[Box] = []
    for cut in ndimage.find_objects(labels):
        inner = (cut[0].start, cut[0].stop, cut[1].start, cut[1].stop, cut[2].start, cut[2].stop)
        box = grown(moved(inner, whole), (z, y, x), scene.mask.shape)
        boxes = _joined(boxes, box)
    return boxes


def _joined(boxes: list[Box], box: Box) -> list[Box]:
    apart = [other for other in boxes if not _meet(other, box)]
    if len(apart) == len(boxes):
        return [*boxes, box]
    for other in boxes:
        if _meet(other, box):
            box = union(other, box)
    return _joined(apart, box)


def _meet(one: Box, other: Box) -> bool:
    return all(one[2 * a] < other[2 * a + 1] and other[2 * a] < one[2 * a + 1] for a in range(3))


def _flooded(
    scene: EditScene, box: Box, growing: tuple[int, ...], reach_mm: float, marks: Voxels | None
) -> Mask:
    """Return the structure that each background voxel of the box goes to, 0 for none."""
    assert scene.image is not None
    crop = scene.mask[box_slices(box)]
    sigma = [_BLUR_MM / step for step in scene.spacing]
    blurred = ndimage.gaussian_filter(scene.image[box_slices(box)].astype(np.float32), sigma)
    drawn = np.isin(crop, growing)
    distance = np.asarray(ndimage.distance_transform_edt(~drawn, sampling=scene.spacing))
    seeds = np.zeros(crop.shape, np.int32)
    seeds[_other_tissue(crop, blurred, growing)] = _BACKGROUND
    if marks is not None:
        seeds[marks] = _BACKGROUND
    seeds[crop > 0] = crop[crop > 0].astype(np.int32) + 1
    edges = _gradient(blurred, scene.spacing)
    # Background seeds with nothing but such seeds around them flood nothing.
    inner = np.asarray(ndimage.binary_erosion(seeds == _BACKGROUND, _CROSS, border_value=1))
    near = (distance <= reach_mm) & ~inner
    flooded = watershed(edges, seeds, mask=near)  # type: ignore[no-untyped-call]
    taken = np.where(flooded > _BACKGROUND, flooded - 1, 0).astype(np.uint8)
    return np.where(np.isin(taken, growing) & (crop == 0), taken, np.uint8(0))


def _other_tissue(crop: Mask, blurred: NDArray[np.float32], growing: tuple[int, ...]) -> Voxels:
    other = np.ones(crop.shape, bool)
    for structure in growing:
        values = blurred[crop == structure]
        if values.size:
            spread = _DEVIATIONS * max(float(values.std()), _LEAST_DEVIATION_HU)
            other &= np.abs(blurred - float(values.mean())) > spread
    # Voxels that an edge blurs lie between two tissues: the gradient has to decide them.
    return np.asarray(ndimage.binary_erosion(other, _CROSS, border_value=1), bool)


def _gradient(
    blurred: NDArray[np.float32], spacing: tuple[float, float, float]
) -> NDArray[np.float32]:
    total: NDArray[Any] = np.zeros(blurred.shape, np.float32)
    for axis, step in enumerate(spacing):
        if blurred.shape[axis] > 1:
            total += np.gradient(blurred, step, axis=axis) ** 2
    return np.asarray(np.sqrt(total), np.float32)


def _inside(box: Box, outer: Box) -> Box:
    z, y, x = outer[0], outer[2], outer[4]
    return box[0] - z, box[1] - z, box[2] - y, box[3] - y, box[4] - x, box[5] - x
