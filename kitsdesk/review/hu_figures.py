"""What the panels tell of a CT's HU: the range, and how often each occurs in soft tissue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOW, HIGH, BINS = -160.0, 240.0, 80
# A histogram needs no more than one voxel in 32.
_EVERY = (2, 4, 4)


@dataclass(frozen=True)
class HuFigures:
    """Lowest and highest HU, and counts in 80 equal bins from `low` to `high` HU."""

    lowest: float
    highest: float
    counts: NDArray[Any]
    low: float = LOW
    high: float = HIGH


def hu_figures(array: NDArray[Any]) -> HuFigures:
    """Return the figures of a CT (z, y, x) in HU; takes a tenth of a second on a large one."""
    z, y, x = _EVERY
    counts, _edges = np.histogram(array[::z, ::y, ::x], bins=BINS, range=(LOW, HIGH))
    return HuFigures(float(array.min()), float(array.max()), counts)
