"""Grow a structure from what is drawn of it to the edges that the image shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

from kitsdesk.editing.box import box_slices, grown, structure_box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask, Patch

_BLUR_MM = 1.0
_DEVIATIONS = 3.0
_LEAST_DEVIATION_HU = 10.0
_BACKGROUND, _GROWING = 1, 2
_CROSS = ndimage.generate_binary_structure(3, 1)


def grow(scene: EditScene, structure: int, reach_mm: float = 15.0) -> Patch | None:
    """Return the patch that grows `structure` from its drawn voxels.

    A watershed on the gradient of the blurred image (1 mm) floods from three kinds of
    seeds at once: the structure, the other structures, and background: what is farther
    than `reach_mm` from the structure or more than three SD away from its HU. All gates
    hold, and only background is taken. None where nothing changes or there is no image.
    """
    box = structure_box(scene.mask, structure)
    if box is None or scene.image is None:
        return None
    z, y, x = (int(np.ceil(reach_mm / step)) + 1 for step in scene.spacing)
    box = grown(box, (z, y, x), scene.mask.shape)
    cut = box_slices(box)
    crop = scene.mask[cut]
    sigma = [_BLUR_MM / step for step in scene.spacing]
    blurred = ndimage.gaussian_filter(scene.image[cut].astype(np.float32), sigma)
    seeds = _seeds(crop, blurred, structure, scene.spacing, reach_mm)
    edges = _gradient(blurred, scene.spacing)
    flooded = watershed(edges, seeds)  # type: ignore[no-untyped-call]
    wanted: Voxels = np.asarray((flooded == _GROWING) & (crop == 0), bool)
    return scene.paint(named("Grow", structure), box, wanted, structure)


def _seeds(
    crop: Mask,
    blurred: NDArray[np.float32],
    structure: int,
    spacing: tuple[float, float, float],
    reach_mm: float,
) -> NDArray[np.int32]:
    drawn = crop == structure
    values = blurred[drawn]
    spread = _DEVIATIONS * max(float(values.std()), _LEAST_DEVIATION_HU)
    other_tissue = np.abs(blurred - float(values.mean())) > spread
    # Voxels that an edge blurs lie between two tissues: the gradient has to decide them.
    other_tissue = ndimage.binary_erosion(other_tissue, _CROSS, border_value=1)
    distance = np.asarray(ndimage.distance_transform_edt(~drawn, sampling=spacing))
    seeds = np.zeros(crop.shape, np.int32)
    seeds[other_tissue | (distance > reach_mm)] = _BACKGROUND
    seeds[crop > 0] = crop[crop > 0].astype(np.int32) + _GROWING
    seeds[drawn] = _GROWING
    return seeds


def _gradient(
    blurred: NDArray[np.float32], spacing: tuple[float, float, float]
) -> NDArray[np.float32]:
    total: NDArray[Any] = np.zeros(blurred.shape, np.float32)
    for axis, step in enumerate(spacing):
        if blurred.shape[axis] > 1:
            total += np.gradient(blurred, step, axis=axis) ** 2
    return np.asarray(np.sqrt(total), np.float32)
