"""Aorta, vena cava, their branches to the kidneys, the mesenteric root."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from trainer.phantoms.implicit import capsule
from trainer.phantoms.phantom_grid import Point
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.trunk import Build


def paint_great_vessels(scene: Scene, build: Build) -> None:
    """Paint the vena cava (right) and the aorta (left of the midline, before the spine)."""
    rng = scene.rng
    front = build.spine_y - 17.5
    sway, phase = float(rng.uniform(1, 4)), float(rng.uniform(0, 6))
    aorta_radius, cava_radius = float(rng.uniform(8.5, 11)), float(rng.uniform(8.5, 11))
    low = scene.grid.origin[0] - 10
    high = low + scene.grid.spacing[0] * scene.grid.shape[0] + 20
    heights = np.arange(low, high + 30, 30.0)
    for start, stop in pairwise(heights):
        cava = [
            (float(h), front - 9 - 0.04 * max(h, 0), -20 + sway * np.sin(h / 60 + phase))
            for h in (start, stop)
        ]
        for shift in (-3.5, 3.5):
            ends: list[Point] = [(p[0], p[1], p[2] + shift) for p in cava]
            scene.paint(capsule(scene.grid, ends[0], ends[1], cava_radius), "vena cava")
        aorta: list[Point] = [
            (float(h), front - 11, 9 + sway * np.sin(h / 70 - phase)) for h in (start, stop)
        ]
        scene.paint(capsule(scene.grid, aorta[0], aorta[1], aorta_radius), "aorta")
    root = (22.0, front - 20, 9.0)
    scene.paint(capsule(scene.grid, root, (-90, front - 34, 4), 3.6), "aorta")
    scene.paint(capsule(scene.grid, (25, front - 30, -10), (-95, front - 36, -10), 5), "vena cava")


def paint_renal_vessels(scene: Scene, build: Build, hilum: Point) -> None:
    """Paint artery and vein from the great vessels to one kidney's `hilum` (mm)."""
    front = build.spine_y - 17.5
    side = np.sign(hilum[2])
    height = hilum[0]
    vein_root = (height + 4, front - 13, -16.0)
    middle = (height + 4, front - 24 if side > 0 else front - 8, side * 26.0)
    for start, stop in ((vein_root, middle), (middle, hilum)):
        scene.paint(capsule(scene.grid, start, stop, 4.6), "renal vein")
    root, bend = (height + 9, front - 8, 9.0), (height + 6, front + 4, side * 34.0)
    for start, stop in ((root, bend), (bend, hilum)):
        scene.paint(capsule(scene.grid, start, stop, 2.6), "aorta")
