"""Connected components of a structure: keep the largest, drop the small, keep the clicked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kitsdesk.editing.box import Box, box_slices, grown, structure_box
from kitsdesk.editing.edit_scene import EditScene, named
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.patch import Mask, Patch

_CORNERS = np.ones((3, 3, 3), bool)


@dataclass(frozen=True)
class Islands:
    """The components of one structure, connected through faces, edges and corners.

    `labels` is a crop at `box` with 1 … n; `voxels[k]` counts component k + 1.
    """

    structure: int
    box: Box
    labels: NDArray[Any]
    voxels: NDArray[np.intp]


def find_islands(mask: Mask, structure: int) -> Islands | None:
    """Return the components of a structure, None where the mask has none of it."""
    box = structure_box(mask, structure)
    if box is None:
        return None
    box = grown(box, (1, 1, 1), mask.shape)
    labels, _ = ndimage.label(mask[box_slices(box)] == structure, structure=_CORNERS)
    return Islands(structure, box, labels, np.bincount(labels.ravel())[1:])


def component_at(mask: Mask, index: tuple[int, int, int]) -> tuple[Box, Voxels] | None:
    """Return box and voxels of the component under `index` (z, y, x), None on background."""
    if any(not 0 <= at < size for at, size in zip(index, mask.shape, strict=True)):
        return None
    islands = find_islands(mask, int(mask[index])) if mask[index] else None
    if islands is None:
        return None
    z, y, x = index[0] - islands.box[0], index[1] - islands.box[2], index[2] - islands.box[4]
    return islands.box, islands.labels == islands.labels[z, y, x]


def keep_largest(scene: EditScene, structure: int, count: int = 1) -> Patch | None:
    """Return the patch that drops all but the `count` largest components (two kidneys: 2)."""
    islands = find_islands(scene.mask, structure)
    if islands is None or len(islands.voxels) <= count:
        return None
    order = np.argsort(-islands.voxels, kind="stable")
    return _drop(scene, islands, order[count:] + 1, named("Keep largest", structure))


def drop_small(scene: EditScene, structure: int, below_ml: float) -> Patch | None:
    """Return the patch that drops the components smaller than `below_ml` millilitres."""
    islands = find_islands(scene.mask, structure)
    if islands is None:
        return None
    millilitres = islands.voxels * float(np.prod(scene.spacing)) / 1000
    small = np.flatnonzero(millilitres < below_ml) + 1
    return _drop(scene, islands, small, named("Drop small", structure))


def keep_clicked(scene: EditScene, index: tuple[int, int, int]) -> Patch | None:
    """Return the patch that drops the other components of the structure at `index` (z, y, x)."""
    clicked = component_at(scene.mask, index)
    if clicked is None:
        return None
    structure = int(scene.mask[index])
    islands = find_islands(scene.mask, structure)
    if islands is None:
        return None
    kept = int(islands.labels[clicked[1]][0])
    others = [label for label in range(1, len(islands.voxels) + 1) if label != kept]
    return _drop(scene, islands, np.array(others, int), named("Keep clicked", structure))


def surrounding(crop: Mask, region: Voxels, neighbours: Voxels | None = None) -> int:
    """Return the structure that most neighbours of `region` have (0 without any).

    `neighbours` is a 3×3×3 structuring element, by default the voxels that share a face.
    """
    ring = np.asarray(ndimage.binary_dilation(region, neighbours), bool) & ~region
    return int(np.bincount(crop[ring], minlength=1).argmax())


def _drop(scene: EditScene, islands: Islands, labels: NDArray[np.intp], name: str) -> Patch | None:
    """Give each dropped component to what surrounds it: a speck in the kidney to the kidney."""
    crop = scene.mask[box_slices(islands.box)]
    after = crop.copy()
    places = ndimage.find_objects(islands.labels)
    for label in labels.tolist():
        place = places[label - 1]
        if place is None:
            continue
        near = tuple(slice(max(0, cut.start - 1), cut.stop + 1) for cut in place)
        region = islands.labels[near] == label
        after[near][region] = surrounding(crop[near], region)
    return scene.replace(name, islands.box, after)
