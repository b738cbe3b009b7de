"""Which file axis runs where: names for directions, with no file and no voxels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np

# Inner axes z, y, x point to S, P, L; SimpleITK's mm are (L, P, S).
_MM_AXIS_OF_INNER = (2, 1, 0)


@dataclass(frozen=True)
class Orientation:
    """`file_axis[k]` is the file index (0 = i) that runs along inner axis k of (z, y, x);
    `flipped[k]` says that it runs the other way."""

    file_axis: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]


@lru_cache(maxsize=256)
def orientation_of(direction: tuple[float, ...]) -> Orientation:
    """Return the axes nearest to S, P, L, each file axis used once.

    Among the six assignments the one with the largest sum of cosines is taken, so an
    oblique grid of up to 45° about any axis is named after what it mostly is.
    """
    cosines = np.array(direction).reshape(3, 3)
    best = max(
        permutations(range(3)),
        key=lambda axes: sum(abs(cosines[_MM_AXIS_OF_INNER[k], axes[k]]) for k in range(3)),
    )
    flipped = tuple(bool(cosines[_MM_AXIS_OF_INNER[k], best[k]] < 0) for k in range(3))
    return Orientation((best[0], best[1], best[2]), (flipped[0], flipped[1], flipped[2]))


def letters(direction: tuple[float, ...]) -> str:
    """Return where the file's axes i, j, k run to, as three of R L A P I S ("IPL")."""
    orientation = orientation_of(direction)
    named = [""] * 3
    for inner, axis in enumerate(orientation.file_axis):
        named[axis] = ("SI", "PA", "LR")[inner][orientation.flipped[inner]]
    return "".join(named)
