"""Flips and swaps between a file's axes and the inner order (Superior, Posterior, Left)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.geometry import Geometry

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


def to_spl(array: NDArray[Any], geometry: Geometry) -> NDArray[Any]:
    """Return a SimpleITK array (k, j, i) as a C-contiguous (z, y, x) = (S, P, L) array."""
    orientation = orientation_of(geometry.direction)
    moved = np.transpose(array, [2 - axis for axis in orientation.file_axis])
    flips = tuple(axis for axis, flipped in enumerate(orientation.flipped) if flipped)
    # A copy always: SimpleITK's array views die with their image.
    return np.array(np.flip(moved, flips) if flips else moved, order="C", copy=True)


def from_spl(array: NDArray[Any], geometry: Geometry) -> NDArray[Any]:
    """Return an inner (z, y, x) array as SimpleITK's (k, j, i); undoes `to_spl`."""
    orientation = orientation_of(geometry.direction)
    flips = tuple(axis for axis, flipped in enumerate(orientation.flipped) if flipped)
    unflipped = np.flip(array, flips) if flips else array
    order = np.argsort([2 - axis for axis in orientation.file_axis])
    return np.ascontiguousarray(np.transpose(unflipped, order))


def inner_affine(geometry: Geometry) -> NDArray[np.float64]:
    """Return the (4, 4) matrix from inner index (z, y, x, 1) to LPS mm (L, P, S, 1)."""
    orientation = orientation_of(geometry.direction)
    to_file = np.zeros((4, 4))
    to_file[3, 3] = 1
    for inner, (axis, flipped) in enumerate(
        zip(orientation.file_axis, orientation.flipped, strict=True)
    ):
        to_file[axis, inner] = -1 if flipped else 1
        to_file[axis, 3] = geometry.size[axis] - 1 if flipped else 0
    return geometry.affine() @ to_file
