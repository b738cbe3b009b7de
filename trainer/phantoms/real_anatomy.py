"""Kidneys and tumors taken from a real mask, and a trunk placed around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects, gaussian_filter, label

from trainer.contract.errors import KitsDeskError
from trainer.phantoms.abdomen import Kidneys, Phantom, paint_abdomen
from trainer.phantoms.implicit import Field
from trainer.phantoms.kidney_shape import Kidney
from trainer.phantoms.phantom_grid import Box, Floats, PhantomGrid
from trainer.phantoms.scanner import expose
from trainer.phantoms.trunk import Build
from trainer.phantoms.tumor_shape import Lesion, TumorKind, ball_radius

_MARGIN_MM = 14.0
_SMALLEST_ML = 0.05  # specks below this are left to the kidney around them


class NoKidneyInMask(KitsDeskError):
    """A mask given to build a phantom around has no kidney."""


@dataclass(frozen=True)
class RealMask:
    """A real mask as a phantom needs it: 0, 1, 2 in (z, y, x), cyst already kidney."""

    name: str
    array: NDArray[np.uint8]
    spacing: tuple[float, float, float]


def make_phantom_around(mask: RealMask, seed: tuple[int, int]) -> Phantom:
    """Return a CT on the mask's own grid whose truth is the mask itself, voxel for voxel.

    Raises
    ------
    NoKidneyInMask : the mask is empty.
    """
    if not mask.array.any():
        raise NoKidneyInMask(f"The mask of {mask.name} is empty.", kept="It was not changed.")
    rng = np.random.default_rng(seed)
    build, grid = _place(mask, rng)
    content = _content(grid, mask)
    scene, phase, noise = paint_abdomen(grid, rng, build, content)
    regions = {name: scene.region(name) & (mask.array == 0) for name in ("spleen", "fluid")}
    return Phantom(
        expose(scene.image, rng, noise), mask.array.copy(), mask.spacing, phase, noise, regions
    )


def _place(mask: RealMask, rng: np.random.Generator) -> tuple[Build, PhantomGrid]:
    """Return a trunk wide enough and the grid shifted so that the kidneys lie beside the spine.

    The middle between the kidneys is the body's middle; with one kidney it is taken to be
    64 mm beside the spine, on the side of the image it lies in.
    """
    positions = np.argwhere(mask.array > 0) * mask.spacing
    middle_x = mask.array.shape[2] * mask.spacing[2] / 2
    left = positions[:, 2] > middle_x
    sides = [positions[part] for part in (~left, left)]
    if all(len(side) > 0.1 * len(positions) for side in sides):
        centre = (sides[0].mean(axis=0) + sides[1].mean(axis=0)) / 2
    else:
        centre = positions.mean(axis=0)
        centre[2] -= 64.0 if centre[2] > middle_x else -64.0
    reach = np.abs(positions[:, 2] - centre[2]).max()
    build = Build.draw(rng, stretch=float(np.clip((reach + 45) / 150, 0.9, 1.25)))
    y = build.spine_y + 6
    origin = (-float(centre[0]), y - float(centre[1]), -float(centre[2]))
    return build, PhantomGrid(
        (mask.array.shape[0], mask.array.shape[1], mask.array.shape[2]), mask.spacing, origin
    )


def _content(grid: PhantomGrid, mask: RealMask) -> Kidneys:
    x = grid.axes(grid.everywhere)[2]
    kidneys = []
    for side in (-1, 1):
        part = (mask.array == 1) & (np.sign(x) == side)
        if not part.any():
            continue
        field = _surface(grid, part, mask.array > 0)
        where = np.argwhere(part).mean(axis=0) * grid.spacing + grid.origin
        centre = (float(where[0]), float(where[1]), float(where[2]))
        hilum = (centre[0], centre[1] - 8.0, centre[2] - side * 14.0)
        kidneys.append(Kidney(side, field, hilum, centre))
    return Kidneys(tuple(kidneys), tuple(_tumors(grid, mask)))


def _tumors(grid: PhantomGrid, mask: RealMask) -> list[Lesion]:
    labels, count = label(mask.array == 2)
    tumors = []
    for number, place in zip(range(1, count + 1), find_objects(labels), strict=True):
        part = labels[place] == number
        volume = float(part.sum()) * grid.voxel_ml
        if volume < _SMALLEST_ML:
            continue
        whole = np.zeros(grid.shape, dtype=bool)
        whole[place] = part
        radius = ball_radius(volume)
        kind: TumorKind = "necrotic" if radius > 22 else "solid"
        where = np.argwhere(part).mean(axis=0) + [s.start for s in place]
        centre = tuple(float(v) for v in where * grid.spacing + grid.origin)
        field = _surface(grid, whole, whole)
        tumors.append(Lesion(field, (centre[0], centre[1], centre[2]), radius, kind))
    return tumors


def _surface(grid: PhantomGrid, part: NDArray[np.bool_], filled: NDArray[np.bool_]) -> Field:
    """Return the signed distance in mm to `part`'s surface, known `_MARGIN_MM` around it.

    Tumors count as inside a kidney (`filled`): the cortex does not run along their border.
    """
    box = _around(grid, part)
    inside = part[box] | (filled[box] & _near(grid, part[box]))
    distance = distance_transform_edt(~inside, sampling=grid.spacing)
    distance -= distance_transform_edt(inside, sampling=grid.spacing)
    half = float(min(grid.spacing)) / 2
    distance += np.where(inside, half, -half)
    steps = [min(0.6, 0.6 / s) for s in grid.spacing]
    smooth: Floats = gaussian_filter(distance.astype(np.float32), steps)
    return Field(box, smooth)


def _near(grid: PhantomGrid, part: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(distance_transform_edt(~part, sampling=grid.spacing) < _MARGIN_MM)


def _around(grid: PhantomGrid, part: NDArray[np.bool_]) -> Box:
    place = find_objects(part.astype(np.uint8))[0]
    edges = []
    for axis, piece in enumerate(place):
        extra = int(np.ceil(_MARGIN_MM / grid.spacing[axis]))
        edges.append(slice(max(piece.start - extra, 0), min(piece.stop + extra, part.shape[axis])))
    return (edges[0], edges[1], edges[2])
