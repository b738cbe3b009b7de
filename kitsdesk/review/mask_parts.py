"""Connected parts of a mask, and what they enclose, measured in ml and mm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt, find_objects, label

from kitsdesk.review.foreground_box import Slices, box_of, slices_of, widened

Voxels = NDArray[np.bool_]
Spacing = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class MaskPart:
    """Voxels that share faces: where, which, and how many ml."""

    place: Slices
    crop: Voxels
    ml: float


def parts_of(voxels: Voxels, spacing: Spacing, smallest_ml: float) -> list[MaskPart]:
    """Return the connected parts of at least `smallest_ml`, in the order they are met."""
    voxel_ml = math.prod(spacing) / 1000.0
    labels, _ = label(voxels)
    sizes = np.bincount(labels.ravel()) * voxel_ml
    places: list[Any] = find_objects(labels)
    return [
        MaskPart(place, labels[place] == number, float(sizes[number]))
        for number, place in enumerate(places, start=1)
        if sizes[number] >= smallest_ml - 1e-9
    ]


def distance_mm(part: MaskPart, others: Sequence[MaskPart], spacing: Spacing) -> float:
    """Return the distance from a part's nearest voxel to the nearest of `others`, in mm.

    Between voxel centres; infinite where there is no other. All lie in one (z, y, x) array.
    """
    nearest = math.inf
    for other in others:
        corners = [
            (min(a.start, b.start), max(a.stop, b.stop))
            for a, b in zip(part.place, other.place, strict=True)
        ]
        away = np.ones([high - low for low, high in corners], bool)
        start = [low for low, _ in corners]
        away[_moved(other.place, start)] = ~other.crop
        distances = distance_transform_edt(away, sampling=spacing)
        nearest = min(nearest, float(distances[_moved(part.place, start)][part.crop].min()))
    return nearest


def is_near(part: MaskPart, other: Voxels, spacing: Spacing, reach_mm: float) -> bool:
    """Return whether `other` has any voxel within `reach_mm` of the part's box."""
    margin = [math.ceil(reach_mm / step) for step in spacing]
    return bool(other[slices_of(widened(box_of(part.place), margin, other.shape))].any())


def enclosed(part: MaskPart, spacing: Spacing, smallest_ml: float) -> list[MaskPart]:
    """Return the background that a part encloses in 3D, placed in its crop padded by 1."""
    outside = parts_of(~np.pad(part.crop, 1), spacing, smallest_ml)
    return [hole for hole in outside if all(edge.start > 0 for edge in hole.place)]


def enclosed_per_slice_ml(structure: Voxels, mask: NDArray[np.uint8], spacing: Spacing) -> float:
    """Return the background of `mask` that `structure` encloses within axial slices, in ml."""
    total = 0
    for here, values in zip(structure, mask, strict=True):
        if here.any():
            total += int(np.count_nonzero(binary_fill_holes(here) & (values == 0)))
    return total * math.prod(spacing) / 1000.0


def _moved(place: Slices, start: Sequence[int]) -> Slices:
    moved = [
        slice(edge.start - low, edge.stop - low) for edge, low in zip(place, start, strict=True)
    ]
    return (moved[0], moved[1], moved[2])
