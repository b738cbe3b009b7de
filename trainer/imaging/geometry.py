"""The grid of a source file, in SimpleITK's terms, and its comparison by tolerance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.imaging.file_axes import letters

POSITION_TOLERANCE_MM = 1e-3
DIRECTION_TOLERANCE = 1e-3
# Nine KiTS19 masks (15, 23, 37, 39, 116, 125, 144, 157, 176) were saved again with headers
# about 1e-3 off their axes; 0.3° stays below a voxel's width on every one of them.
MASK_DIRECTION_TOLERANCE = 5e-3
# No scanner's coordinates reach a kilometre.
FARTHEST_MM = 1e6

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

    def differs_in(self, other: Geometry) -> str:
        """Return in words which of size, spacing, position and orientation disagree."""
        directions = np.abs(np.subtract(self.direction, other.direction)).max()
        found = {
            "size": self.size != other.size,
            "spacing": not np.allclose(self.spacing, other.spacing, rtol=0, atol=1e-3),
            "position": not np.allclose(self.origin, other.origin, rtol=0, atol=1e-2),
            "orientation": bool(directions > MASK_DIRECTION_TOLERANCE),
        }
        return " and ".join(name for name, differs in found.items() if differs)

    def describe(self) -> str:
        """Return the grid in words for a message."""
        size = "×".join(str(n) for n in self.size)
        spacing = "×".join(f"{value:.4g}" for value in self.spacing)
        origin = ", ".join(f"{value:.2f}" for value in self.origin)
        axes = letters(self.direction)
        direction = " ".join(f"{value:.3f}" for value in self.direction)
        return f"{size} voxels of {spacing} mm at ({origin}), axes {axes}, direction {direction}"


def require_same(mask: Geometry, image: Geometry, name: str) -> None:
    """Raise GeometryMismatch, naming what differs and both grids, unless they agree.

    The direction may be off by 5e-3 per cosine, the rest by what `same_as` allows.
    """
    if not mask.same_as(image, direction_tolerance=MASK_DIRECTION_TOLERANCE):
        differs = mask.differs_in(image)
        raise GeometryMismatch(
            f"{name} does not lie on its image's grid (the {differs} differ"
            f"{'s' if ' and ' not in differs else ''}): the mask has {mask.describe()}, "
            f"the image {image.describe()}.",
            kept="Neither file was changed.",
            advice="Resample the mask onto the image's grid first.",
        )
