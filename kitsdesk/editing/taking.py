"""Take over voxels of another mask: the prediction here, or a whole mask."""

from __future__ import annotations

import numpy as np

from kitsdesk.editing.box import Box, box_slices, whole
from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask, Patch


def take_prediction(
    scene: EditScene,
    prediction: Mask,
    box: Box,
    component: Voxels | None = None,
    name: str = "Take prediction",
) -> Patch | None:
    """Return the patch that takes `prediction` inside `box`, or only where `component`
    (a crop at `box`) is true.

    It obeys the locks and no other gate: the prediction is taken as it is or not at all.

    Raises
    ------
    ValueError : prediction and mask differ in shape.
    """
    _same_shape(scene.mask, prediction)
    cut = box_slices(box)
    after = prediction[cut]
    if component is not None:
        after = np.where(component, after, scene.mask[cut])
    return scene.replace(name, box, after)


def replace_mask(mask: Mask, new: Mask, name: str) -> Patch | None:
    """Return the patch from one whole mask to another, None where they are equal.

    For Use prediction and Restore reference, which are decisions about the whole case: no
    gate and no lock holds them back, and undo takes them back.

    Raises
    ------
    ValueError : the masks differ in shape.
    """
    _same_shape(mask, new)
    return Patch.between(name, whole(mask.shape), mask, new)


def _same_shape(mask: Mask, other: Mask) -> None:
    if mask.shape != other.shape:
        raise ValueError(f"masks of shape {mask.shape} and {other.shape}")
