"""Which voxels "take the prediction here" means under the pointer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kitsdesk.editing.box import Box, bounding_box, box_slices
from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.gates import Gates
from kitsdesk.editing.patch import Mask, Patch
from kitsdesk.editing.taking import take_prediction
from kitsdesk.review.disagreement import Disagreement
from trainer.contract.structures import Structure

Voxels = NDArray[np.bool_]


def disagreement_at(
    mask: Mask, prediction: Mask, index: tuple[int, int, int]
) -> tuple[Box, Voxels] | None:
    """Return box and voxels of the disagreement under `index` (z, y, x), None where none is.

    It is the part, connected through faces, where mask and prediction differ in the same way
    as at `index`: tumor against no tumor, else foreground against background, as the Review
    list has it; so the thin rim of a kidney does not come along with a tumor.
    """
    differing = _differing_alike(mask, prediction, int(mask[index]), int(prediction[index]))
    box = bounding_box(differing) if differing is not None else None
    if differing is None or box is None:
        return None
    labels, _ = ndimage.label(differing[box_slices(box)])
    part = labels == labels[index[0] - box[0], index[1] - box[2], index[2] - box[4]]
    return box, np.asarray(part, bool)


def take_disagreement(
    mask: Mask, prediction: Mask, found: Disagreement, gates: Gates, words: str
) -> tuple[Patch | None, int]:
    """Return the edit that takes the prediction in one disagreement, None where nothing may
    change, and how many of its voxels the locks hold back.

    Masks are (z, y, x); `words` name the disagreement in the history.
    """
    # Locks look at structures alone: neither HU nor spacing is asked.
    scene = EditScene(mask, None, (1.0, 1.0, 1.0), gates)
    name = f"Take prediction, {words}"
    patch = take_prediction(scene, prediction, found.box, found.crop, name)
    cut = box_slices(found.box)
    wanted = found.crop & (mask[cut] != prediction[cut])
    held = wanted & scene.held_by_locks(found.box, prediction[cut])
    return patch, int(np.count_nonzero(held))


def take_in_box(prediction: Mask, box: Box) -> Callable[[EditScene], Patch | None]:
    """Return the edit that takes the prediction inside a box of voxels."""

    def edit(scene: EditScene) -> Patch | None:
        return take_prediction(scene, prediction, box, name="Take prediction in a box")

    return edit


def _differing_alike(mask: Mask, prediction: Mask, has: int, wants: int) -> Voxels | None:
    if has == wants:
        return None
    tumor = int(Structure.TUMOR)
    if wants == tumor:
        return np.asarray((prediction == tumor) & (mask != tumor), bool)
    if has == tumor:
        return np.asarray((mask == tumor) & (prediction != tumor), bool)
    if has == 0:
        return np.asarray((mask == 0) & (prediction > 0) & (prediction != tumor), bool)
    if wants == 0:
        return np.asarray((mask > 0) & (mask != tumor) & (prediction == 0), bool)
    return np.asarray((mask == has) & (prediction == wants), bool)
