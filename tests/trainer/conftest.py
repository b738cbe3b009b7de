"""Small synthetic data sets that a network can learn in seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_image, write_mask

KitsSet = Callable[..., Path]

# KiTS's odd geometry: the slice axis is the file's first.
KITS_DIRECTION = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0)


def blob_case(
    shape: tuple[int, int, int], seed: int
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Two bright ellipsoids (kidneys) in one of which sits a darker ball (tumor)."""
    rng = np.random.default_rng(seed)
    grid = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    mask = np.zeros(shape, np.uint8)
    for side in (-0.45, 0.45):
        centre = np.array([0.0, 0.1, side]) + rng.uniform(-0.08, 0.08, 3)
        radii = np.array([0.6, 0.28, 0.25]) * rng.uniform(0.9, 1.1, 3)
        offsets = [(g - c) / r for g, c, r in zip(grid, centre, radii, strict=True)]
        mask[sum(offset**2 for offset in offsets) < 1] = 1
        if side > 0:
            offsets = [(g - c) / 0.24 for g, c in zip(grid, centre, strict=True)]
            mask[sum(offset**2 for offset in offsets) < 1] = 2
    image = np.choose(mask, [-60.0, 160.0, 60.0]) + rng.normal(0, 15, shape)
    return np.round(image).astype(np.int16), mask


def write_blob_cases(
    folder: Path,
    cases: int = 5,
    shape: tuple[int, int, int] = (12, 48, 52),
    spacing: tuple[float, float, float] = (6.0, 3.0, 3.0),
) -> Path:
    """Write a folder of blob cases in KiTS layout and geometry; return the folder."""
    geometry = Geometry(shape, spacing, (0.0, 0.0, 0.0), KITS_DIRECTION)
    for number in range(cases):
        image, mask = blob_case(shape, number)
        case = folder / f"case_{number:05d}"
        write_image(case / "imaging.nii.gz", image, geometry)
        write_mask(case / "segmentation.nii.gz", mask, geometry)
    return folder


@pytest.fixture
def kits_set() -> KitsSet:
    """Return what writes a folder of blob cases."""
    return write_blob_cases
