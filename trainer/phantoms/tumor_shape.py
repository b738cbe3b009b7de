"""Tumors and cysts: where they grow on a kidney and how they are shaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainer.phantoms.implicit import Field, rotation
from trainer.phantoms.implicit import ellipsoid as ellipsoid_shape
from trainer.phantoms.kidney_shape import Bean
from trainer.phantoms.phantom_grid import PhantomGrid, Point
from trainer.phantoms.smooth_noise import SmoothNoise

TumorKind = Literal["solid", "necrotic"]


@dataclass(frozen=True)
class Lesion:
    """One tumor or cyst with its surface function; `radius` in mm."""

    field: Field
    centre: Point
    radius: float
    kind: TumorKind | Literal["cyst"]


def ball_ml(radius: float) -> float:
    """Return the volume in ml of a ball of `radius` mm."""
    return float(4 / 3 * np.pi * radius**3 / 1000)


def ball_radius(volume_ml: float) -> float:
    """Return the radius in mm of a ball of `volume_ml`."""
    return float((volume_ml * 1000 * 3 / (4 * np.pi)) ** (1 / 3))


def draw_tumor(
    grid: PhantomGrid, rng: np.random.Generator, bean: Bean, minimum_ml: float
) -> Lesion:
    """Draw a tumor on `bean`; about half of them grow outwards (exophytic).

    Radii are log-normal about 15.5 mm (16 ml), the KiTS data's order of size, between 11.5 and
    24 mm. The radius leaves a reserve over `minimum_ml` for the rough surface.
    """
    smallest = max(11.5, 1.12 * ball_radius(minimum_ml))
    radius = float(np.clip(15.5 * np.exp(rng.normal(0, 0.2)), smallest, max(24.0, smallest)))
    outward = float(rng.uniform(-0.55, 0.75)) * radius
    centre = bean.surface(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-120, 120)), outward)
    necrotic = radius > 13 and rng.uniform() < 0.4
    tumor = _lesion(grid, rng, centre, radius, "necrotic" if necrotic else "solid")
    return _grown(grid, tumor, minimum_ml)


def _grown(grid: PhantomGrid, tumor: Lesion, minimum_ml: float) -> Lesion:
    """Return the tumor, grown in steps of 0.4 mm until its voxels have `minimum_ml`."""
    for _ in range(20):
        if np.count_nonzero(tumor.field.values < 0) * grid.voxel_ml >= minimum_ml:
            break
        field = Field(tumor.field.box, tumor.field.values - np.float32(0.4))
        tumor = Lesion(field, tumor.centre, tumor.radius + 0.4, tumor.kind)
    return tumor


def draw_cyst(grid: PhantomGrid, rng: np.random.Generator, bean: Bean) -> Lesion:
    """Draw a simple cyst at the kidney's surface, 6 to 18 mm in radius."""
    radius = float(rng.uniform(6, 18))
    outward = float(rng.uniform(-0.4, 0.4)) * radius
    centre = bean.surface(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-120, 120)), outward)
    return _lesion(grid, rng, centre, radius, "cyst")


def _lesion(
    grid: PhantomGrid,
    rng: np.random.Generator,
    centre: Point,
    radius: float,
    kind: TumorKind | Literal["cyst"],
) -> Lesion:
    rough = 0.0 if kind == "cyst" else 0.09
    stretch = np.exp(rng.normal(0, 0.4 * rough + 0.03, size=3))
    stretch /= np.prod(stretch) ** (1 / 3)
    radii = (radius * stretch[0], radius * stretch[1], radius * stretch[2])
    turn = rotation(*(float(a) for a in rng.uniform(0, 90, size=3)))
    shape = ellipsoid_shape(grid, centre, radii, turn, margin=12 + 0.3 * radius)
    if rough:
        noise = SmoothNoise.draw(grid, rng, max(0.8 * radius, 9.0))
        shape = Field(shape.box, shape.values + noise.at(shape.box) * np.float32(rough * radius))
    return Lesion(shape, centre, radius, kind)
