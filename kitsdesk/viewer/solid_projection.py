"""Where points of the volume lie on the 3D canvas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitsdesk.viewer.orbit import UP, Orbit, to_scene
from kitsdesk.viewer.scene import Triple


@dataclass(frozen=True)
class SolidProjection:
    """The 3D camera on a canvas of `width` × `height` px: nothing is smaller for being far.

    `middle` is the point of the scene's axes at the canvas's centre; `zoom` is px per mm.
    """

    orbit: Orbit
    middle: Triple
    zoom: float
    width: int
    height: int

    def to_canvas(self, grid_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the canvas positions (n, 2) in px, x then y, of points (n, 3) in grid mm."""
        view = np.array(self.orbit.view)
        right = np.cross(view, np.array(UP))
        right /= np.linalg.norm(right)
        down = -np.cross(right, view)
        away = to_scene(grid_mm.astype(np.float32)) - np.array(self.middle)
        across = np.stack([away @ right, away @ down], axis=1)
        placed: NDArray[np.float64] = across * self.zoom + np.array([self.width, self.height]) / 2
        return placed
