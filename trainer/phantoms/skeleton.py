"""Spine and ribs."""

from __future__ import annotations

import numpy as np

from trainer.phantoms.implicit import Field, capsule
from trainer.phantoms.phantom_grid import Floats, is_empty
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.trunk import Build, Trunk

_SEGMENT = 35.0  # mm, a lumbar vertebra of 26 mm and its disc of 9 mm


def paint_spine(scene: Scene, build: Build) -> None:
    """Paint vertebral bodies with discs, the canal, the arches and their processes."""
    grid = scene.grid
    offset = float(scene.rng.uniform(0, _SEGMENT))
    centre_y = build.spine_y
    box = grid.box((-1e4, centre_y - 26, -34), (1e4, centre_y + 48, 34))
    if is_empty(box):
        return
    z, y, x = grid.axes(box)
    phase = (z - offset + _SEGMENT / 2) % _SEGMENT - _SEGMENT / 2
    waist = 1 - 0.10 * np.clip(1 - (phase / 12) ** 2, 0, 1)
    dent = np.clip((y - centre_y) / 17, 0, 1) ** 2 * 5 * np.clip(1 - (x / 14) ** 2, 0, 1)
    body = (np.sqrt((x / 24.5) ** 2 + ((y - centre_y) / 17.5) ** 2) / waist - 1) * 19 + dent
    bone = np.maximum(body, np.abs(phase) - 13.2).astype(np.float32)
    scene.paint(Field(box, (body - 0.5).astype(np.float32)), "disc")
    scene.paint(Field(box, bone), "bone", fine=40)
    marrow = np.maximum(body + 1.8, np.abs(phase) - 11.8).astype(np.float32)
    scene.paint(Field(box, marrow), "marrow", coarse=12, fine=28)
    _paint_arch(scene, box, phase, y - centre_y - 27, x)
    _paint_processes(scene, offset, centre_y)


def _paint_arch(
    scene: Scene, box: tuple[slice, slice, slice], phase: Floats, y: Floats, x: Floats
) -> None:
    canal = np.hypot(x / 1.15, y) - 8.5
    ring = np.maximum(np.abs(canal - 3.2) - 3.2, np.abs(phase - 3) - 12 + 0.35 * np.abs(y))
    scene.paint(Field(box, ring.astype(np.float32)), "bone", fine=60)
    facets = np.hypot(np.abs(x) - 17, y - 8) - 6
    facets = np.maximum(facets, 6 - np.abs(phase - 2)).astype(np.float32)
    scene.paint(Field(box, facets), "bone", fine=60)
    inner = np.broadcast_to(canal, np.broadcast_shapes(canal.shape, phase.shape))
    scene.paint(Field(box, inner.astype(np.float32)), "canal")


def _paint_processes(scene: Scene, offset: float, centre_y: float) -> None:
    low = scene.grid.origin[0]
    high = low + scene.grid.spacing[0] * scene.grid.shape[0]
    for level in range(int((low - offset) // _SEGMENT) - 1, int((high - offset) // _SEGMENT) + 2):
        z = offset + level * _SEGMENT
        for step in (-2.5, 2.5, 7.5):
            tip = capsule(
                scene.grid,
                (z - 2 + step, centre_y + 38, 0),
                (z - 12 + step, centre_y + 66, 0),
                3.2,
            )
            scene.paint(tip, "bone", fine=50)
        for side in (-1, 1):
            root = (z + 4, centre_y + 22, side * 12)
            wing = capsule(scene.grid, root, (z + 4, centre_y + 25, side * 41), 3.4)
            scene.paint(wing, "bone", fine=50)
            pedicle = capsule(scene.grid, (z + 5, centre_y + 10, side * 14), root, 4.5)
            scene.paint(pedicle, "bone", fine=50)


def paint_ribs(scene: Scene, trunk: Trunk) -> None:
    """Paint the lower ribs, sloping down and forward inside the wall; the last are short."""
    whole = scene.grid.everywhere
    z = scene.grid.axes(whole)[0]
    lowest = float(scene.rng.uniform(48, 66))
    angle = trunk.wall_angle
    height = z + 38 * angle - lowest
    number = np.clip(np.round(height / 27), 0, 6)
    reach = np.array([0.85, 1.35, 1.9, 2.1, 2.2, 2.3, 2.4], dtype=np.float32)
    limit = reach[number.astype(np.intp)]
    radial = (trunk.wall + 0.42 * trunk.wall_thickness) / 4.2
    along = (height - number * 27) / 6.5
    rib = (np.hypot(radial, along) - 1) * 4.2
    rib = np.maximum(rib, (angle - limit) * 60)
    rib = np.maximum(rib, (0.28 - angle) * 60)
    # Where the nearest rib changes, `limit` jumps; a cap keeps that jump outside the bone.
    rib = np.minimum(rib, 5.0).astype(np.float32)
    keep = np.flatnonzero((rib < 5).any(axis=(1, 2)))
    if keep.size == 0:
        return
    part = slice(int(keep[0]), int(keep[-1]) + 1)
    box = (part, whole[1], whole[2])
    scene.paint(Field(box, rib[part]), "bone", fine=50)
    scene.paint(Field(box, rib[part] + np.float32(2.4)), "marrow", fine=25)
