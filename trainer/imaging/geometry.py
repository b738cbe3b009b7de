"""The grid of a source file, in SimpleITK's terms, and its comparison by tolerance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError

POSITION_TOLERANCE_MM = 1e-3
DIRECTION_TOLERANCE = 1e-3

Triple = tuple[float, float, float]


class GeometryMismatch(KitsDeskError):
    """Two volumes that should lie on one grid do not."""


@dataclass(frozen=True)
class Geometry:
    """Size, spacing (mm) and origin (LPS mm) in file index order (i, j, k), and the
    direction cosines as 9 numbers, row by row, columns belonging to i, j, k."""

    size: tuple[int, int, int]
    spacing: Triple
    origin: Triple
    direction: tuple[float, ...]

    @classmethod
    def from_sitk(cls, image: sitk.Image) -> Geometry:
        """Return the grid of a 3D SimpleITK image."""
        size, spacing, origin = image.GetSize(), image.GetSpacing(), image.GetOrigin()
        return cls(
            (size[0], size[1], size[2]),
            (spacing[0], spacing[1], spacing[2]),
            (origin[0], origin[1], origin[2]),
            tuple(image.GetDirection()),
        )

    def apply_to(self, image: sitk.Image) -> None:
        """Give this spacing, origin and direction to an image of the same size."""
        image.SetSpacing(self.spacing)
        image.SetOrigin(self.origin)
        image.SetDirection(self.direction)

    def affine(self) -> NDArray[np.float64]:
        """Return the (4, 4) matrix from index (i, j, k, 1) to LPS mm (L, P, S, 1)."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.array(self.direction).reshape(3, 3) * np.array(self.spacing)
        matrix[:3, 3] = self.origin
        return matrix

    def same_as(
        self,
        other: Geometry,
        tolerance: float = POSITION_TOLERANCE_MM,
        direction_tolerance: float = DIRECTION_TOLERANCE,
    ) -> bool:
        """Return whether both grids have one size and agree within the tolerances
        (mm for spacing and origin, per cosine for the direction)."""
        return (
            self.size == other.size
            and np.allclose(self.spacing, other.spacing, rtol=0, atol=tolerance)
            and np.allclose(self.origin, other.origin, rtol=0, atol=max(tolerance, 1e-2))
            and np.allclose(self.direction, other.direction, rtol=0, atol=direction_tolerance)
        )

    def describe(self) -> str:
        """Return the grid in words for a message."""
        size = "×".join(str(n) for n in self.size)
        spacing = "×".join(f"{value:.4g}" for value in self.spacing)
        origin = ", ".join(f"{value:.2f}" for value in self.origin)
        direction = " ".join(f"{value:.3f}" for value in self.direction)
        return f"{size} voxels of {spacing} mm at ({origin}), direction {direction}"


def require_same(mask: Geometry, image: Geometry, name: str) -> None:
    """Raise GeometryMismatch, with both grids in words, unless they agree."""
    if not mask.same_as(image):
        raise GeometryMismatch(
            f"{name} does not lie on its image's grid: the mask has {mask.describe()}, "
            f"the image {image.describe()}.",
            kept="Neither file was changed.",
            advice="Resample the mask onto the image's grid first.",
        )
