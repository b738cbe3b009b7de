"""One phantom: an abdominal CT with the mask that is its truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.phantoms.bowel import paint_bowel
from trainer.phantoms.implicit import Field
from trainer.phantoms.kidney_shape import Bean, Kidney, draw_bean, shape_kidney
from trainer.phantoms.phantom_grid import PhantomGrid
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.renal_tissue import (
    paint_cyst,
    paint_kidney,
    paint_perirenal_fat,
    paint_tumor,
)
from trainer.phantoms.scanner import NOISE_SD, expose, paint_table
from trainer.phantoms.skeleton import paint_ribs, paint_spine
from trainer.phantoms.tissues import PHASES, Phase, draw_tissues
from trainer.phantoms.trunk import (
    Build,
    paint_back_muscles,
    paint_lungs,
    paint_trunk,
    shape_trunk,
)
from trainer.phantoms.tumor_shape import Lesion, draw_cyst, draw_tumor
from trainer.phantoms.vasculature import paint_great_vessels, paint_renal_vessels
from trainer.phantoms.viscera import paint_viscera


@dataclass(frozen=True)
class Kidneys:
    """What is drawn inside the trunk: kidneys with their tumors and cysts."""

    kidneys: tuple[Kidney, ...]
    tumors: tuple[Lesion, ...]
    cysts: tuple[Lesion, ...] = ()

    def fields(self) -> list[Field]:
        """Return the surfaces of everything that lies in the perirenal fat."""
        parts: list[Kidney | Lesion] = [*self.kidneys, *self.tumors, *self.cysts]
        return [part.field for part in parts]


@dataclass(frozen=True)
class Phantom:
    """A finished phantom; arrays are (z, y, x) with axes S, P, L.

    `image` is HU, `mask` the truth (0 background, 1 kidney, 2 tumor; a cyst is kidney as in
    KiTS19), `regions` the places of organs a reader could take for a kidney.
    """

    image: NDArray[np.int16]
    mask: NDArray[np.uint8]
    spacing: tuple[float, float, float]
    phase: Phase
    noise: float
    regions: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


def draw_kidneys(
    grid: PhantomGrid, rng: np.random.Generator, build: Build, minimum_tumor_ml: float
) -> Kidneys:
    """Draw both kidneys, one or two tumors (sometimes on both sides), up to three cysts."""
    shift = float(rng.uniform(4, 22))
    beans = [draw_bean(rng, -1, build, shift), draw_bean(rng, 1, build, 0.0)]
    kidneys = tuple(shape_kidney(grid, rng, bean) for bean in beans)
    first = int(rng.integers(2))
    places = [first]
    if rng.uniform() < 0.22:
        places.append(1 - first if rng.uniform() < 0.6 else first)
    tumors = tuple(draw_tumor(grid, rng, beans[place], minimum_tumor_ml) for place in places)
    cysts = _draw_cysts(grid, rng, beans, tumors)
    return Kidneys(kidneys, tumors, cysts)


def _draw_cysts(
    grid: PhantomGrid, rng: np.random.Generator, beans: list[Bean], tumors: tuple[Lesion, ...]
) -> tuple[Lesion, ...]:
    cysts = []
    for _ in range(int(rng.choice(4, p=[0.15, 0.3, 0.3, 0.25]))):
        cyst = draw_cyst(grid, rng, beans[int(rng.integers(2))])
        apart = [
            np.linalg.norm(np.subtract(cyst.centre, t.centre)) - cyst.radius - t.radius
            for t in tumors
        ]
        if min(apart) > 3:
            cysts.append(cyst)
    return tuple(cysts)


def paint_abdomen(
    grid: PhantomGrid, rng: np.random.Generator, build: Build, content: Kidneys
) -> tuple[Scene, Phase, float]:
    """Paint the whole CT without noise; return it with its phase and the noise to add."""
    phase: Phase = PHASES[int(rng.uniform() < 0.5)]
    noise = float(rng.uniform(*NOISE_SD))
    scene = Scene.empty(grid, rng, draw_tissues(rng, phase))
    trunk = shape_trunk(grid, build, rng)
    paint_trunk(scene, trunk)
    paint_lungs(scene, trunk)
    paint_back_muscles(scene, build)
    paint_ribs(scene, trunk)
    paint_bowel(scene, trunk, build)
    paint_viscera(scene, trunk, build)
    thickness = float(rng.uniform(4, 11))
    for shape in content.fields():
        paint_perirenal_fat(scene, shape, thickness)
    paint_great_vessels(scene, build)
    paint_spine(scene, build)
    for kidney in content.kidneys:
        paint_renal_vessels(scene, build, kidney.hilum)
    for kidney in content.kidneys:
        paint_kidney(scene, kidney)
    for cyst in content.cysts:
        paint_cyst(scene, cyst)
    for tumor in content.tumors:
        paint_tumor(scene, tumor)
    paint_table(scene, build)
    return scene, phase, noise


def mask_of(grid: PhantomGrid, content: Kidneys) -> NDArray[np.uint8]:
    """Return the truth: a voxel belongs to the structure its centre lies in, tumor first."""
    mask = np.zeros(grid.shape, dtype=np.uint8)
    for kidney in (*(k.field for k in content.kidneys), *(c.field for c in content.cysts)):
        mask[kidney.box][kidney.values < 0] = 1
    for tumor in (t.field for t in content.tumors):
        mask[tumor.box][tumor.values < 0] = 2
    return mask


def make_phantom(
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    seed: tuple[int, int],
    minimum_tumor_ml: float = 0.0,
) -> Phantom:
    """Return the phantom of (seed, index); the same arguments give the same voxels.

    `shape` and `spacing` (mm) are (z, y, x). At least one tumor has `minimum_tumor_ml`.
    """
    rng = np.random.default_rng(seed)
    centre = (float(rng.uniform(-12, 12)), float(rng.uniform(4, 14)), float(rng.uniform(-6, 6)))
    grid = PhantomGrid.centred(shape, spacing, centre)
    build = Build.draw(rng)
    content = draw_kidneys(grid, rng, build, minimum_tumor_ml)
    scene, phase, noise = paint_abdomen(grid, rng, build, content)
    regions = {name: scene.region(name) for name in ("spleen", "fluid")}
    image = expose(scene.image, rng, noise)
    return Phantom(image, mask_of(grid, content), spacing, phase, noise, regions)
