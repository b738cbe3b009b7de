"""The voxel grid a phantom is painted on, in millimetres of the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]
Point = tuple[float, float, float]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PhantomGrid:
    """A (z, y, x) grid; z points up (S), y back (P), x to the patient's left (L), all in mm.

    `origin` is the position of voxel (0, 0, 0). The anatomy has its zero between the kidneys
    (z), in the middle of the trunk (y, x).
    """

    shape: tuple[int, int, int]
    spacing: Point
    origin: Point

    @classmethod
    def centred(
        cls, shape: tuple[int, int, int], spacing: Point, centre: Point = (0.0, 0.0, 0.0)
    ) -> PhantomGrid:
        """Return the grid whose middle voxel lies at `centre`."""
        origin = tuple(c - s * (n - 1) / 2 for c, s, n in zip(centre, spacing, shape, strict=True))
        return cls(shape, spacing, (origin[0], origin[1], origin[2]))

    @property
    def everywhere(self) -> Box:
        """The box of the whole grid."""
        return (slice(0, self.shape[0]), slice(0, self.shape[1]), slice(0, self.shape[2]))

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in ml."""
        return float(np.prod(self.spacing)) / 1000.0

    def box(self, low: Point, high: Point) -> Box:
        """Return the voxels between two corners in mm, one voxel wider, cut to the grid."""
        edges = []
        for axis in range(3):
            first = (low[axis] - self.origin[axis]) / self.spacing[axis]
            last = (high[axis] - self.origin[axis]) / self.spacing[axis]
            limit = self.shape[axis]
            start = min(max(int(np.floor(first)) - 1, 0), limit)
            edges.append(slice(start, max(start, min(int(np.ceil(last)) + 2, limit))))
        return (edges[0], edges[1], edges[2])

    def around(self, centre: Point, reach: Point | float) -> Box:
        """Return the box of half-widths `reach` (mm) about `centre`."""
        half = (reach, reach, reach) if isinstance(reach, int | float) else reach
        low = (centre[0] - half[0], centre[1] - half[1], centre[2] - half[2])
        high = (centre[0] + half[0], centre[1] + half[1], centre[2] + half[2])
        return self.box(low, high)

    def axes(self, box: Box) -> tuple[Floats, Floats, Floats]:
        """Return the open mesh (z, y, x) of positions in mm inside `box`."""
        lines = [
            (np.arange(part.start, part.stop) * self.spacing[k] + self.origin[k])
            for k, part in enumerate(box)
        ]
        z, y, x = (line.astype(np.float32) for line in lines)
        return z[:, None, None], y[None, :, None], x[None, None, :]


def is_empty(box: Box) -> bool:
    """Return whether a box holds no voxel."""
    return any(part.stop <= part.start for part in box)
