"""The trunk: outline, skin, fat, muscle wall, cavity, back muscles and lung bases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.phantoms.implicit import Field, ellipsoid, rotation
from trainer.phantoms.phantom_grid import Floats, PhantomGrid
from trainer.phantoms.phantom_scene import Scene

_RECESS = 52.0  # mm above the kidneys' middle, where the lung's lowest recess ends


@dataclass(frozen=True)
class Build:
    """One patient's proportions in mm; half-axes are of the skin's outline."""

    half_width: float
    half_depth: float
    fat_side: float
    fat_front: float
    fat_back: float
    wall: float
    spine_y: float
    dome: float

    @classmethod
    def draw(cls, rng: np.random.Generator, stretch: float = 1.0) -> Build:
        """Draw a patient from slim to obese; `stretch` scales the cross-section."""
        fatness = float(rng.uniform(0, 1))
        depth = (98 + 24 * fatness + rng.uniform(-4, 4)) * stretch
        fat_back = 9 + 16 * fatness
        return cls(
            half_width=(148 + 34 * fatness + rng.uniform(-5, 5)) * stretch,
            half_depth=depth,
            fat_side=7 + 22 * fatness,
            fat_front=7 + 20 * fatness,
            fat_back=fat_back,
            wall=float(rng.uniform(14, 19)),
            spine_y=depth - fat_back - 58 - 2 * fatness,
            dome=float(rng.uniform(108, 128)),
        )


@dataclass(frozen=True)
class Trunk:
    """The trunk's surfaces over the whole grid, as implicit functions in mm."""

    skin: Floats
    wall: Floats
    cavity: Floats
    diaphragm: Floats
    wall_thickness: float
    wall_angle: Floats


def _superellipse(y: Floats, x: Floats, half_width: float, front: float, back: float) -> Floats:
    depth = np.where(y > 0, back, front)
    power = np.where(y > 0, 2.7, 2.2)
    return np.asarray(
        (np.abs(x / half_width) ** power + np.abs(y / depth) ** power) ** (1 / power),
        dtype=np.float32,
    )


def shape_trunk(grid: PhantomGrid, build: Build, rng: np.random.Generator) -> Trunk:
    """Return the surfaces of the trunk; the cross-section swells and shrinks along z."""
    z, y, x = grid.axes(grid.everywhere)
    waist = 1 + 0.035 * np.cos((z - rng.uniform(-60, 60)) / 75)

    def surface(width: float, front: float, back: float) -> Floats:
        length = _superellipse(y, x, width, front, back)
        return np.asarray((length / waist - 1) * min(front, back), dtype=np.float32)

    width, depth = build.half_width, build.half_depth
    side, front, back = build.fat_side, build.fat_front, build.fat_back
    wall_width, wall_front = width - side, depth - front
    wall_back = depth - back
    inner = build.wall
    right = np.hypot(x + 68, (y + 8) * 0.9)
    left = np.hypot(x - 68, (y + 8) * 0.9)
    diaphragm = np.maximum(
        build.dome - 0.0085 * right**2 - 0.15 * np.maximum(y, 0),
        build.dome - 12 - 0.0085 * left**2 - 0.15 * np.maximum(y, 0),
    )
    return Trunk(
        skin=surface(width, depth, depth),
        wall=surface(wall_width, wall_front, wall_back),
        cavity=surface(wall_width - inner, wall_front - 0.6 * inner, wall_back - 0.8 * inner),
        diaphragm=np.maximum(diaphragm, _RECESS).astype(np.float32),
        wall_thickness=inner,
        wall_angle=np.arctan2(np.abs(x) / wall_width, y / wall_back).astype(np.float32),
    )


def paint_trunk(scene: Scene, trunk: Trunk) -> None:
    """Paint from the skin inwards: skin, fat, layered muscle wall, fat of the cavity."""
    whole = scene.grid.everywhere
    scene.paint(Field(whole, trunk.skin), "skin")
    scene.paint(Field(whole, trunk.skin + np.float32(1.7)), "fat", coarse=4)
    scene.paint(Field(whole, trunk.wall), "muscle", coarse=4, fine=4)
    for depth in (0.36, 0.66):
        middle = trunk.wall + np.float32(depth * trunk.wall_thickness * 0.8)
        lateral = np.abs(trunk.wall_angle - 1.6) - 0.55
        sheet = np.maximum(np.abs(middle) - 0.6, 12 * lateral)
        scene.paint(Field(whole, sheet.astype(np.float32)), "fat")
    scene.paint(Field(whole, trunk.cavity), "fat", coarse=5, fine=4)


def paint_back_muscles(scene: Scene, build: Build) -> None:
    """Paint psoas, quadratus lumborum and erector spinae on both sides, and the rectus."""
    y = build.spine_y
    for side in (-1, 1):
        grow = float(scene.rng.uniform(0.9, 1.1))
        psoas = ellipsoid(
            scene.grid,
            (-85, y + 2, side * 39),
            (105, 17 * grow, 15 * grow),
            rotation(about_y=side * 5),
        )
        scene.paint(psoas, "muscle", fine=5)
        quadratus = ellipsoid(
            scene.grid, (-55, y + 30, side * 58), (90, 9, 20 * grow), rotation(about_z=side * 20)
        )
        scene.paint(quadratus, "muscle", fine=5)
        erector = ellipsoid(scene.grid, (0, y + 47, side * 31), (400, 20 * grow, 27 * grow))
        scene.paint(erector, "muscle", coarse=5, fine=9)
        multifidus = ellipsoid(scene.grid, (0, y + 41, side * 13), (400, 17, 10))
        scene.paint(multifidus, "muscle", coarse=5, fine=12)
        rectus = ellipsoid(
            scene.grid,
            (0, -(build.half_depth - build.fat_front - 4), side * 34),
            (500, 6 * grow, 29),
            rotation(about_z=-side * 9),
        )
        scene.paint(rectus, "muscle", fine=5)


def paint_lungs(scene: Scene, trunk: Trunk) -> None:
    """Paint the lung bases above the diaphragm, with vessels, and a thin muscle dome."""
    whole = scene.grid.everywhere
    z = scene.grid.axes(whole)[0]
    above = (trunk.diaphragm - z) * np.float32(0.6)
    if float(above.min()) > 0:
        return
    start = max(int(np.argmax((above < 3).any(axis=(1, 2)))), 0)
    box = (slice(start, whole[0].stop), whole[1], whole[2])
    cavity = trunk.cavity[start:] + 1
    _, y, x = scene.grid.axes(box)
    heart = 44 - np.hypot((y + 25) / 0.9, (x - 15) / 1.2)
    scene.paint(Field(box, np.maximum(cavity, above[start:] - 2)), "muscle")
    lung = np.maximum(np.maximum(cavity + 1.5, above[start:]), heart)
    vessels = np.hypot(scene.grain.at(box), scene.texture.at(box)) - 0.35
    value = np.where(vessels < 0, 0.25, 1.0) * scene.hu["lung"]
    scene.paint(Field(box, lung.astype(np.float32)), value.astype(np.float32), coarse=15)
