"""Paint every voxel of a HU range, in a box or everywhere."""

from __future__ import annotations

import numpy as np

from kitsdesk.editing.box import Box, box_slices, whole
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.patch import Patch


def threshold(
    scene: EditScene, structure: int, low_hu: float, high_hu: float, box: Box | None = None
) -> Patch | None:
    """Return the patch that gives `low_hu` ≤ HU ≤ `high_hu` inside `box` to `structure`.

    It obeys all gates and takes background only, unless the gate "only over" names other
    structures: with only over = kidney it finds the tumor inside the kidney mask.
    None where nothing changes or there is no image.
    """
    if scene.image is None:
        return None
    box = box or whole(scene.mask.shape)
    values = scene.image[box_slices(box)]
    wanted = np.asarray((values >= low_hu) & (values <= high_hu), bool)
    return scene.paint(named("Threshold", structure), box, wanted, structure, spare=True)
