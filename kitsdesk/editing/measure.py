"""Measurements on the image and the mask, in millimetres and HU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.islands import component_at
from kitsdesk.editing.patch import Mask
from kitsdesk.editing.strokes import PLANE_AXIS, Plane

Point = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True)
class EllipseValues:
    """Mean and standard deviation in HU of `voxels` voxels, and the ellipse's area in mm²."""

    mean: float
    deviation: float
    voxels: int
    area_mm2: float


@dataclass(frozen=True)
class Diameter:
    """A distance in mm between two fractional (z, y, x) indices on one axial slice."""

    mm: float
    start: tuple[float, float, float]
    end: tuple[float, float, float]


def ruler_mm(start: Point, end: Point, spacing: tuple[float, float, float]) -> float:
    """Return the distance in mm between two fractional (z, y, x) indices."""
    return float(np.linalg.norm((np.asarray(end, float) - np.asarray(start, float)) * spacing))


def ellipse_values(
    image: NDArray[Any],
    spacing: tuple[float, float, float],
    plane: Plane,
    corner: Point,
    opposite: Point,
) -> EllipseValues | None:
    """Return the HU inside the ellipse that touches the sides of a rectangle.

    `corner` and `opposite` are fractional (z, y, x) indices; the slice is that of `corner`.
    Voxels count whose centre lies inside; None where there is none.
    """
    axis = PLANE_AXIS[plane]
    start, end = np.asarray(corner, float), np.asarray(opposite, float)
    place = int(np.floor(start[axis] + 0.5))
    if not 0 <= place < image.shape[axis]:
        return None
    picture = image.take(place, axis=axis)
    rows, columns = (other for other in range(3) if other != axis)
    centre, half = (start + end) / 2, np.abs(end - start) / 2
    if half[rows] <= 0 or half[columns] <= 0:
        return None
    down = (np.arange(picture.shape[0]) - centre[rows]) / half[rows]
    across = (np.arange(picture.shape[1]) - centre[columns]) / half[columns]
    values = picture[down[:, None] ** 2 + across[None, :] ** 2 <= 1].astype(np.float64)
    if values.size == 0:
        return None
    area = np.pi * half[rows] * spacing[rows] * half[columns] * spacing[columns]
    return EllipseValues(float(values.mean()), float(values.std()), values.size, float(area))


def longest_axial_diameter(
    mask: Mask, spacing: tuple[float, float, float], index: tuple[int, int, int]
) -> Diameter | None:
    """Return the longest diameter, over all axial slices, of the component at `index`.

    It is measured between the outer edges of voxels, as on film; None on background. The
    component is of one structure and connected through faces, edges and corners.
    """
    found = component_at(mask, index)
    if found is None:
        return None
    box, component = found
    best: Diameter | None = None
    for z in np.flatnonzero(component.any(axis=(1, 2))).tolist():
        diameter = _longest(component[z], z + box[0], (box[2], box[4]), spacing)
        if best is None or diameter.mm > best.mm:
            best = diameter
    return best


def _longest(
    shape: NDArray[np.bool_], z: int, offset: tuple[int, int], spacing: tuple[float, float, float]
) -> Diameter:
    """Compare the outer corners of the first and last voxel of every row."""
    rows = np.flatnonzero(shape.any(axis=1))
    first = shape[rows].argmax(axis=1) - 0.5
    last = shape.shape[1] - shape[rows, ::-1].argmax(axis=1) - 0.5
    y = np.concatenate([rows - 0.5, rows + 0.5, rows - 0.5, rows + 0.5]) + offset[0]
    x = np.concatenate([first, first, last, last]) + offset[1]
    square = ((y[:, None] - y) * spacing[1]) ** 2 + ((x[:, None] - x) * spacing[2]) ** 2
    a, b = np.unravel_index(int(square.argmax()), square.shape)
    start = (float(z), float(y[a]), float(x[a]))
    end = (float(z), float(y[b]), float(x[b]))
    return Diameter(float(np.sqrt(square[a, b])), start, end)
