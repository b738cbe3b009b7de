"""Liver with vessels and gallbladder, spleen, stomach, pancreas."""

from __future__ import annotations

import numpy as np

from trainer.phantoms.implicit import Field, capsule, ellipsoid, rotation, smooth_max
from trainer.phantoms.phantom_grid import Floats
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.smooth_noise import SmoothNoise
from trainer.phantoms.trunk import Build, Trunk


def paint_viscera(scene: Scene, trunk: Trunk, build: Build) -> None:
    """Paint the solid organs and the stomach, each cut to the cavity below the diaphragm."""
    scale = (build.half_width - build.fat_side) / 140
    _paint_stomach(scene, trunk, scale)
    _paint_pancreas(scene, build)
    _paint_spleen(scene, trunk, build, scale)
    _paint_liver(scene, trunk, scale)


def _inside_trunk(scene: Scene, trunk: Trunk, shape: Field, gap: float) -> Field:
    """Cut an organ to the cavity and keep it under the diaphragm."""
    z = scene.grid.axes(shape.box)[0]
    walls = trunk.cavity[shape.box] + np.float32(gap)
    plane = trunk.diaphragm[:, shape.box[1], shape.box[2]]
    values = smooth_max(shape.values, walls, 8)
    values = np.maximum(values, (z - plane + 3) * np.float32(0.7))
    return Field(shape.box, values.astype(np.float32))


def _bent(scene: Scene, shape: Field, amount: float, wavelength: float) -> Field:
    noise = SmoothNoise.draw(scene.grid, scene.rng, wavelength)
    return Field(shape.box, shape.values + noise.at(shape.box) * np.float32(amount))


def _vessels(scene: Scene, box: tuple[slice, slice, slice], radius: float) -> Floats:
    """Return a branching net of tubes: where two smooth fields are both near zero."""
    first = SmoothNoise.draw(scene.grid, scene.rng, 34.0).at(box)
    second = SmoothNoise.draw(scene.grid, scene.rng, 34.0).at(box)
    return (np.hypot(first, second) - np.float32(radius)) * np.float32(20)


def _paint_liver(scene: Scene, trunk: Trunk, scale: float) -> None:
    rng = scene.rng
    centre = (52 + rng.uniform(-8, 8), -10.0, -62 * scale)
    whole = ellipsoid(scene.grid, centre, (88, 92, 108 * scale), margin=8)
    z, y, x = scene.grid.axes(whole.box)
    slope = (x - 38 * scale) * np.float32(0.72) - (z - 70) * np.float32(0.69)
    hollow = 46 - np.hypot((y - 52) * 1.0, (x + 8) * 0.9)
    lobes = smooth_max(smooth_max(whole.values, slope.astype(np.float32), 20), hollow, 14)
    liver = _inside_trunk(scene, trunk, _bent(scene, Field(whole.box, lobes), 2.5, 40), 2.5)
    scene.paint(liver, "liver", coarse=2.5, fine=2)
    tubes = np.maximum(_vessels(scene, liver.box, 0.16), liver.values + 9)
    scene.paint(Field(liver.box, tubes), "hepatic vessel")
    bottom = (rng.uniform(-2, 14), -50.0, -48 * scale)
    bladder = ellipsoid(
        scene.grid, bottom, (26, 13, 13), rotation(about_x=float(rng.uniform(10, 35)))
    )
    scene.paint(Field(bladder.box, bladder.values - 1.5), "bowel wall")
    scene.paint(bladder, "bile")
    scene.remember("fluid", bladder)


def _paint_spleen(scene: Scene, trunk: Trunk, build: Build, scale: float) -> None:
    rng = scene.rng
    size = float(rng.uniform(0.9, 1.12))
    centre = (float(rng.uniform(52, 70)), build.spine_y - 2, 97 * scale)
    turn = rotation(about_z=-28, about_x=float(rng.uniform(10, 25)))
    outer = ellipsoid(scene.grid, centre, (54 * size, 43 * size, 27 * size), turn, margin=8)
    z, y, x = scene.grid.axes(outer.box)
    inner = 30 - np.hypot((y - centre[1] + 20), (x - centre[2] + 42)) + 0 * z
    hilum = smooth_max(outer.values, inner.astype(np.float32), 12)
    spleen = _inside_trunk(scene, trunk, _bent(scene, Field(outer.box, hilum), 1.8, 30), 3)
    swirl = 9.0 if scene.hu["aorta"] > 205 else 2.0
    scene.paint(spleen, "spleen", coarse=swirl * 0.4, fine=swirl)
    scene.remember("spleen", spleen)


def _paint_stomach(scene: Scene, trunk: Trunk, scale: float) -> None:
    rng = scene.rng
    fill = float(rng.uniform(0.75, 1.15))
    centre = (float(rng.uniform(55, 75)), -42.0, 50 * scale)
    turn = rotation(about_z=25, about_y=25)
    outer = _bent(
        scene, ellipsoid(scene.grid, centre, (44 * fill, 30 * fill, 38 * fill), turn, 8), 3, 35
    )
    outer = _inside_trunk(scene, trunk, outer, 4)
    scene.paint(outer, "bowel wall", fine=6)
    lumen = Field(outer.box, outer.values + np.float32(4.5))
    scene.paint(lumen, "bowel fluid", coarse=8, fine=8)
    scene.remember("fluid", lumen)
    y = scene.grid.axes(outer.box)[1]
    level = centre[1] - float(rng.uniform(2, 20))
    scene.paint(Field(outer.box, np.maximum(lumen.values, y - np.float32(level))), "gas")


def _paint_pancreas(scene: Scene, build: Build) -> None:
    z0 = float(scene.rng.uniform(18, 32))
    front = build.spine_y - 40
    points = [
        (z0 - 22, front + 2, -36.0),
        (z0 - 6, front - 6, -20.0),
        (z0 + 4, front - 14, 4.0),
        (z0 + 12, front - 4, 32.0),
        (z0 + 22, front + 16, 62.0),
    ]
    for start, stop, radius in zip(points, points[1:], (13, 10, 8.5, 8), strict=False):
        part = _bent(scene, capsule(scene.grid, start, stop, radius), 1.6, 9)
        scene.paint(part, "pancreas", fine=9)
