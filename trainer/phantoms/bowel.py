"""Bowel: loops of small bowel, the colon's frame, mesenteric vessels."""

from __future__ import annotations

import numpy as np

from trainer.phantoms.implicit import Field, capsule
from trainer.phantoms.phantom_grid import Point, is_empty
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.smooth_noise import SmoothNoise
from trainer.phantoms.trunk import Build, Trunk


def paint_bowel(scene: Scene, trunk: Trunk, build: Build) -> None:
    """Paint mesenteric vessels, then loops with fluid and gas, then the colon."""
    _paint_mesentery(scene, trunk, build)
    width = build.half_width - build.fat_side - build.wall
    front = build.half_depth - build.fat_front - 0.6 * build.wall
    for _ in range(int(scene.rng.integers(18, 26))):
        _paint_loop(scene, trunk, _walk(scene.rng, width, front, build.spine_y))
    _paint_colon(scene, trunk, build, width, front)


def _walk(rng: np.random.Generator, width: float, front: float, spine_y: float) -> list[Point]:
    """Return the bends of one loop: a persistent random walk in front of the spine."""
    low = np.array([-150.0, -front + 22, -width * 0.66])
    high = np.array([22.0, spine_y - 42, width * 0.72])
    here = rng.uniform(low, high)
    heading = rng.normal(size=3)
    points: list[Point] = []
    for _ in range(int(rng.integers(7, 11))):
        points.append((float(here[0]), float(here[1]), float(here[2])))
        heading = heading + rng.normal(size=3) * 0.8
        heading /= np.linalg.norm(heading)
        here = np.clip(here + heading * 20, low, high)
    return points


def _tube(
    scene: Scene, trunk: Trunk, points: list[Point], radii: list[float], gap: float
) -> list[Field]:
    noise = SmoothNoise.draw(scene.grid, scene.rng, 14.0)
    parts = []
    for start, stop, radius in zip(points, points[1:], radii, strict=False):
        part = capsule(scene.grid, start, stop, radius)
        if is_empty(part.box):
            continue
        values = part.values + noise.at(part.box) * np.float32(1.3)
        values = np.maximum(values, trunk.cavity[part.box] + np.float32(gap))
        parts.append(Field(part.box, values.astype(np.float32)))
    return parts


def _paint_loop(scene: Scene, trunk: Trunk, points: list[Point]) -> None:
    rng = scene.rng
    radius = float(rng.uniform(9, 14))
    radii = [radius * float(rng.uniform(0.85, 1.15)) for _ in points]
    parts = _tube(scene, trunk, points, radii, 3)
    for part in parts:
        scene.paint(part, "bowel wall", fine=6)
    kind = rng.choice(["fluid", "collapsed", "gas"], p=[0.6, 0.25, 0.15])
    for index, part in enumerate(parts):
        lumen = Field(part.box, part.values + np.float32(3.0 if kind != "collapsed" else 6.5))
        scene.paint(lumen, "bowel fluid", coarse=6, fine=10)
        if kind == "fluid":
            scene.remember("fluid", lumen)
        if kind == "gas" or (kind == "fluid" and rng.uniform() < 0.12):
            y = scene.grid.axes(part.box)[1]
            level = points[index][1] - float(rng.uniform(-4, 5))
            scene.paint(Field(part.box, np.maximum(lumen.values, y - np.float32(level))), "gas")


def _paint_colon(scene: Scene, trunk: Trunk, build: Build, width: float, front: float) -> None:
    rng = scene.rng
    back = build.spine_y - 6
    bend_right, bend_left = float(rng.uniform(-30, -5)), float(rng.uniform(25, 55))
    ascending: list[Point] = [
        (z, back - 12 + 4 * np.sin(z / 17), -width * 0.80) for z in np.arange(-170, bend_right, 15)
    ]
    descending: list[Point] = [
        (z, back - 4 + 4 * np.sin(z / 19), width * 0.84) for z in np.arange(-170, bend_left, 15)
    ]
    span = np.linspace(-0.68, 0.72, 12)
    across: list[Point] = [
        (float(-12 + 36 * t + 22 * t * t), float(-front + 24 + 26 * t * t), float(t * width))
        for t in span
    ]
    for points, radius in ((ascending, 22.0), (descending, 15.0), (across, 18.0)):
        _paint_haustra(scene, trunk, points, radius)


def _paint_haustra(scene: Scene, trunk: Trunk, points: list[Point], radius: float) -> None:
    rng = scene.rng
    radii = [radius * float(rng.uniform(0.78, 1.1)) for _ in points]
    parts = _tube(scene, trunk, points, radii, 2)
    for part in parts:
        scene.paint(part, "bowel wall", fine=6)
    for index, part in enumerate(parts):
        lumen = Field(part.box, part.values + np.float32(2.6))
        scene.paint(lumen, "stool", coarse=12, fine=22)
        bubbles = np.maximum(lumen.values + 2, (1.25 - scene.grain.at(part.box)) * np.float32(6))
        scene.paint(Field(part.box, bubbles), "gas")
        if rng.uniform() < 0.45:
            y = scene.grid.axes(part.box)[1]
            level = points[index][1] - float(rng.uniform(0, 9))
            scene.paint(Field(part.box, np.maximum(lumen.values, y - np.float32(level))), "gas")


def _paint_mesentery(scene: Scene, trunk: Trunk, build: Build) -> None:
    box = scene.grid.box((-200, -140, -130), (40, build.spine_y - 25, 130))
    if is_empty(box):
        return
    first = SmoothNoise.draw(scene.grid, scene.rng, 26.0).at(box)
    second = SmoothNoise.draw(scene.grid, scene.rng, 26.0).at(box)
    net = (np.hypot(first, second) - np.float32(0.11)) * np.float32(18)
    net = np.maximum(net, trunk.cavity[box] + 6)
    scene.paint(Field(box, net.astype(np.float32)), "vena cava")
