"""Paint kidneys from their surface: fat around, cortex, pyramids, pelvis, tumors, cysts."""

from __future__ import annotations

import numpy as np

from trainer.phantoms.implicit import Field, capsule, ellipsoid, occupancy
from trainer.phantoms.kidney_shape import Kidney
from trainer.phantoms.phantom_grid import Floats, Point, is_empty
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.tumor_shape import Lesion


def paint_perirenal_fat(scene: Scene, shape: Field, thickness: float) -> None:
    """Paint the fat around a kidney or a tumor, `thickness` mm with a wavy border."""
    if is_empty(shape.box):
        return
    wave = scene.texture.at(shape.box) * np.float32(0.3 * thickness)
    halo = Field(shape.box, shape.values - np.float32(thickness) + wave)
    scene.paint(halo, "fat", coarse=4, fine=4)


def paint_kidney(scene: Scene, kidney: Kidney) -> None:
    """Paint cortex, medullary pyramids, calyces and the pelvis of one kidney."""
    field = kidney.field
    if is_empty(field.box):
        return
    cortex = float(scene.rng.uniform(4.5, 6.5))
    centres = _pyramids(scene, field, cortex)
    values = np.full(field.values.shape, scene.hu["kidney cortex"], dtype=np.float32)
    if centres:
        pyramids = _nearest(scene, field, centres, float(scene.rng.uniform(9.5, 11.5)))
        medulla = occupancy(np.maximum(pyramids, field.values + np.float32(cortex)))
        values += medulla * np.float32(scene.hu["kidney medulla"] - scene.hu["kidney cortex"])
    scene.paint(field, values, coarse=4, fine=8)
    _paint_collecting_system(scene, kidney, centres)


def _pyramids(scene: Scene, field: Field, cortex: float) -> list[Point]:
    """Choose pyramid centres in the layer below the cortex, at least 14.5 mm apart."""
    depth = -field.values
    layer = np.argwhere((depth > cortex + 2.5) & (depth < cortex + 7.5))
    scene.rng.shuffle(layer)
    z, y, x = (axis.ravel() for axis in scene.grid.axes(field.box))
    chosen: list[Point] = []
    for i, j, k in layer[:4000]:
        point = (float(z[i]), float(y[j]), float(x[k]))
        if all(np.sum(np.subtract(point, other) ** 2) > 14.5**2 for other in chosen):
            chosen.append(point)
            if len(chosen) == 30:
                break
    return chosen


def _nearest(scene: Scene, field: Field, centres: list[Point], radius: float) -> Floats:
    z, y, x = scene.grid.axes(field.box)
    squared = np.full(field.values.shape, np.inf, dtype=np.float32)
    for c in centres:
        np.minimum(squared, (z - c[0]) ** 2 + (y - c[1]) ** 2 + (x - c[2]) ** 2, out=squared)
    return np.sqrt(squared) - np.float32(radius)


def _paint_collecting_system(scene: Scene, kidney: Kidney, centres: list[Point]) -> None:
    wide = float(scene.rng.uniform(0.9, 1.5))
    start = np.asarray(kidney.hilum)
    middle = np.asarray(kidney.centre)
    for centre in centres:
        if np.linalg.norm(np.asarray(centre) - start) > 42:
            continue
        tip = 0.55 * np.asarray(centre) + 0.45 * middle
        calyx = capsule(scene.grid, tuple(tip), tuple(0.4 * tip + 0.6 * start), 2.6 * wide)
        scene.paint(calyx, "renal pelvis", fine=4)
    pelvis = ellipsoid(scene.grid, kidney.hilum, (12 * wide, 7 * wide, 8 * wide))
    scene.paint(pelvis, "renal pelvis", fine=4)
    ureter = (float(start[0]) - 60, float(start[1]) - 4, float(start[2]) * 0.72)
    scene.paint(capsule(scene.grid, kidney.hilum, ureter, 2.4), "renal pelvis")


def paint_tumor(scene: Scene, tumor: Lesion) -> None:
    """Paint a tumor with its own value and uneven texture; necrotic ones have a dark core."""
    field = tumor.field
    if is_empty(field.box):
        return
    mean = scene.hu["tumor"] + float(np.clip(scene.rng.normal(0, 8), -16, 16))
    values = np.full(field.values.shape, mean, dtype=np.float32)
    values += scene.mottle(field.box, 5, 9)
    if tumor.kind == "necrotic":
        wave = scene.grain.at(field.box) * np.float32(0.14 * tumor.radius)
        core = field.values + np.float32(0.42 * tumor.radius) + wave
        values += occupancy(core) * (np.float32(scene.hu["necrosis"]) - values)
    scene.paint(field, values)


def paint_cyst(scene: Scene, cyst: Lesion) -> None:
    """Paint a simple cyst: water, no texture, a thin wall that partial volume hides."""
    scene.paint(cyst.field, "cyst", fine=1)
