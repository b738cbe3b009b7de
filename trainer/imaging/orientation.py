"""Flips and swaps between a file's axes and the inner order (Superior, Posterior, Left)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.file_axes import Orientation, letters, orientation_of
from trainer.imaging.geometry import Geometry

__all__ = ["Orientation", "from_spl", "inner_affine", "letters", "orientation_of", "to_spl"]


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
