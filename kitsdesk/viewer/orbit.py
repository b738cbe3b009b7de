"""The 3D camera: turning around the patient's long axis, and the letters it then sees.

The scene's axes are (anterior, inferior, left), napari's own (towards, down, right), so the
camera needs no flips and its light stays where napari puts it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

DEGREES_PER_PX = 0.45
STEEPEST_DEGREES = 89.0
LETTER_PAIRS = (("A", "P"), ("I", "S"), ("L", "R"))
UP = (0.0, -1.0, 0.0)


def to_scene(grid_mm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return points (n, 3) of grid mm (S, P, L) on the scene's axes (A, I, L)."""
    return np.stack([-grid_mm[:, 1], -grid_mm[:, 0], grid_mm[:, 2]], axis=1)


@dataclass(frozen=True)
class Orbit:
    """A view from `azimuth` degrees around the patient (0 from the front, 90 from the
    patient's right) and `elevation` degrees above the axial plane."""

    azimuth: float = 0.0
    elevation: float = 0.0

    def turned(self, dx: float, dy: float) -> Orbit:
        """Return the orbit after a drag by (dx, dy) px: the surface follows the pointer."""
        elevation = self.elevation + dy * DEGREES_PER_PX
        return replace(
            self,
            azimuth=(self.azimuth + dx * DEGREES_PER_PX) % 360.0,
            elevation=min(max(elevation, -STEEPEST_DEGREES), STEEPEST_DEGREES),
        )

    @property
    def view(self) -> tuple[float, float, float]:
        """Return the direction of looking on the scene's axes."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        return (
            -math.cos(elevation) * math.cos(azimuth),
            math.sin(elevation),
            math.cos(elevation) * math.sin(azimuth),
        )

    def letters(self) -> tuple[str, str, str, str]:
        """Return the letters at the top, bottom, left and right edge of the canvas."""
        view = np.array(self.view)
        right = np.cross(view, np.array(UP))
        up = np.cross(right, view)
        return (_letter(up), _letter(-up), _letter(-right), _letter(right))


def _letter(direction: NDArray[np.float64]) -> str:
    axis = int(np.argmax(np.abs(direction)))
    high, low = LETTER_PAIRS[axis]
    return high if direction[axis] > 0 else low
