"""Fill background that a structure encloses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kitsdesk.editing.box import bounding_box, box_slices, grown
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.islands import surrounding
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.strokes import PLANE_AXIS, Plane


def fill_holes(scene: EditScene, structure: int, plane: Plane | None = None) -> Patch | None:
    """Return the patch that fills the enclosed background that mostly borders `structure`.

    Enclosed means by all structures together, so that a gap between kidney and tumor is a
    hole too. `plane` looks at each slice of that view by itself, which also closes tunnels.
    """
    box = bounding_box(scene.mask > 0)
    if box is None:
        return None
    box = grown(box, (1, 1, 1), scene.mask.shape)
    crop = scene.mask[box_slices(box)]
    neighbours = _neighbours(plane)
    labels, count = ndimage.label(crop == 0, structure=neighbours)
    open_labels = _labels_at_the_sides(labels, plane)
    after = crop.copy()
    for label, place in enumerate(ndimage.find_objects(labels), start=1):
        if place is None or label in open_labels:
            continue
        near = tuple(slice(max(0, cut.start - 1), cut.stop + 1) for cut in place)
        hole = labels[near] == label
        if surrounding(crop[near], hole, neighbours) == structure:
            after[near][hole] = structure
    return scene.replace(named("Fill holes in", structure), box, after) if count else None


def _neighbours(plane: Plane | None) -> NDArray[np.bool_]:
    cross = np.array(ndimage.generate_binary_structure(3, 1), bool)
    if plane is not None:
        outside = [0, 2]
        np.moveaxis(cross, PLANE_AXIS[plane], 0)[outside] = False
    return cross


def _labels_at_the_sides(labels: NDArray[Any], plane: Plane | None) -> set[int]:
    flat = None if plane is None else PLANE_AXIS[plane]
    found: set[int] = {0}
    for axis in range(3):
        if axis != flat:
            for side in (0, -1):
                found.update(np.unique(labels.take(side, axis=axis)).tolist())
    return found
