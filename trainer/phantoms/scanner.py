"""What the scanner adds: its table, correlated noise, rounding to HU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from trainer.phantoms.implicit import Field
from trainer.phantoms.phantom_grid import Floats
from trainer.phantoms.phantom_scene import Scene
from trainer.phantoms.trunk import Build

NOISE_SD = (10.0, 20.0)  # HU, the range phantoms draw from
_CORRELATION = 0.62  # voxels, SD of the kernel in the slice: neighbours correlate by about 0.5


def paint_table(scene: Scene, build: Build) -> None:
    """Paint a curved table under the patient: two shells with foam between."""
    top = build.half_depth + 3.0
    box = scene.grid.box((-1e4, top - 50, -230), (1e4, top + 60, 230))
    if box[1].stop <= box[1].start:
        return
    _, y, x = scene.grid.axes(box)
    curve = y - top + x * x * np.float32(1 / 900)
    under = np.maximum(curve - 34 - x * x * np.float32(1 / 1500), np.abs(x) - 205)
    table = np.maximum(-curve, under).astype(np.float32)
    free = scene.image[box] < -900
    before = scene.image[box].copy()
    scene.paint(Field(box, table), "table shell")
    scene.paint(Field(box, table + np.float32(3.2)), "table foam")
    scene.image[box] = np.where(free, scene.image[box], before)


def expose(image: Floats, rng: np.random.Generator, deviation: float) -> NDArray[np.int16]:
    """Return the CT as stored: noise of SD `deviation` HU correlated over a pixel, int16.

    The noise is white noise blurred inside the slice (as the reconstruction kernel does) and
    weakly along z (overlapping slices), then scaled to the SD. Values stay within
    [-1024, 3071], a scanner's 12 bits.
    """
    white = rng.standard_normal(image.shape, dtype=np.float32)
    noise = gaussian_filter(white, (0.3, _CORRELATION, _CORRELATION), mode="wrap", truncate=3.0)
    noise *= np.float32(deviation / noise.std())
    noise += image
    return np.clip(np.rint(noise), -1024, 3071).astype(np.int16)
