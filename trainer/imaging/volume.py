"""A CT or a mask in memory, in one axis order wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import inner_affine, orientation_of


@dataclass(frozen=True, eq=False)
class Volume:
    """Voxels (z, y, x), C-contiguous, index growing to Superior, Posterior, Left, with the
    grid of the file they came from. CT values are HU."""

    array: NDArray[Any]
    geometry: Geometry

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the number of voxels along (z, y, x)."""
        z, y, x = self.array.shape
        return (z, y, x)

    @cached_property
    def spacing(self) -> tuple[float, float, float]:
        """Return the voxel size along (z, y, x) in mm."""
        axes = orientation_of(self.geometry.direction).file_axis
        z, y, x = (float(self.geometry.spacing[axis]) for axis in axes)
        return (z, y, x)

    @cached_property
    def affine(self) -> NDArray[np.float64]:
        """Return the (4, 4) matrix from index (z, y, x, 1) to LPS mm (L, P, S, 1)."""
        return inner_affine(self.geometry)

    @cached_property
    def _inverse(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.inv(self.affine), np.float64)

    @property
    def voxel_ml(self) -> float:
        """Return the volume of one voxel in ml."""
        z, y, x = self.spacing
        return z * y * x / 1000.0

    def to_mm(self, index: ArrayLike) -> NDArray[np.float64]:
        """Return the LPS position in mm of index (z, y, x), which may be fractional."""
        return np.asarray(self.affine[:3, :3] @ np.asarray(index, float) + self.affine[:3, 3])

    def to_index(self, position: ArrayLike) -> NDArray[np.float64]:
        """Return the fractional index (z, y, x) of an LPS position in mm."""
        inverse = self._inverse
        return np.asarray(inverse[:3, :3] @ np.asarray(position, float) + inverse[:3, 3])

    def with_array(self, array: NDArray[Any]) -> Volume:
        """Return other voxels on the same grid."""
        return replace(self, array=np.ascontiguousarray(array))
