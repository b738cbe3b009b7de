"""A made-up patient: two ellipsoid kidneys in a round body, HU known for every voxel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

SHAPE = (40, 80, 120)
SPACING = (3.0, 2.0, 2.0)
KIDNEY_HU, FAT_HU, TUMOR_HU = 160, -90, 60


@dataclass(frozen=True)
class Patient:
    volume: Volume
    mask: np.ndarray

    def ball(self, centre, radius_mm) -> np.ndarray:
        return ellipsoid(centre, (radius_mm,) * 3)


def ellipsoid(centre, radii_mm) -> np.ndarray:
    grids = np.ogrid[tuple(slice(0, length) for length in SHAPE)]
    total = np.zeros(SHAPE)
    for grid, middle, step, radius in zip(grids, centre, SPACING, radii_mm, strict=True):
        total = total + ((grid - middle) * step / radius) ** 2
    return total <= 1


@pytest.fixture
def patient() -> Patient:
    """Kidneys centred at x = 30 (patient's right) and x = 90 (left), slices 10 to 30."""
    mask = np.zeros(SHAPE, np.uint8)
    for x in (30, 90):
        mask[ellipsoid((20, 45, x), (30, 20, 20))] = 1
    hu = np.full(SHAPE, -1000, np.int16)
    hu[ellipsoid((20, 40, 60), (10_000, 70, 110))] = FAT_HU
    hu[mask == 1] = KIDNEY_HU
    z, y, x = SPACING
    geometry = Geometry(
        (SHAPE[2], SHAPE[1], SHAPE[0]), (x, y, z), (0.0, 0.0, 0.0), (1, 0, 0, 0, 1, 0, 0, 0, 1)
    )
    return Patient(Volume(hu, geometry), mask)
