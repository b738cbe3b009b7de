"""Smooth random fields in patient space: they bend organs and mottle tissues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.phantoms.phantom_grid import Box, Floats, PhantomGrid

# The mean of the squared cubic B-spline weights is 151/315 per axis; three axes multiply.
_UNIT = float((315 / 151) ** 1.5)


@dataclass(frozen=True)
class SmoothNoise:
    """Gaussian field of mean 0 and SD 1 whose features are about `wavelength` mm wide."""

    grid: PhantomGrid
    wavelength: float
    knots: Floats

    @classmethod
    def draw(cls, grid: PhantomGrid, rng: np.random.Generator, wavelength: float) -> SmoothNoise:
        """Draw a field over the whole grid."""
        counts = [
            int(np.ceil(n * s / wavelength)) + 4
            for n, s in zip(grid.shape, grid.spacing, strict=True)
        ]
        knots = rng.standard_normal(counts, dtype=np.float32) * np.float32(_UNIT)
        return cls(grid, wavelength, knots)

    def at(self, box: Box) -> Floats:
        """Return the field on `box`."""
        values = self.knots
        for axis, part in enumerate(box):
            weights = self._weights(axis, part)
            values = np.moveaxis(np.tensordot(weights, values, axes=(1, axis)), 0, axis)
        return np.ascontiguousarray(values, dtype=np.float32)

    def _weights(self, axis: int, part: slice) -> Floats:
        position = np.arange(part.start, part.stop) * self.grid.spacing[axis] / self.wavelength
        first = position.astype(int)
        t = position - first
        matrix = np.zeros((len(position), self.knots.shape[axis]), dtype=np.float32)
        row = np.arange(len(position))
        matrix[row, first] = (1 - t) ** 3 / 6
        matrix[row, first + 1] = (3 * t**3 - 6 * t**2 + 4) / 6
        matrix[row, first + 2] = (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6
        matrix[row, first + 3] = t**3 / 6
        return matrix
