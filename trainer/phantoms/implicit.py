"""Shapes as implicit functions in mm: negative inside, zero on the surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.phantoms.phantom_grid import Box, Floats, PhantomGrid, Point


@dataclass(frozen=True)
class Field:
    """An implicit function sampled on a box; axes of length 1 broadcast over the box."""

    box: Box
    values: Floats

    def inside(self, shape: tuple[int, int, int]) -> np.ndarray:
        """Return the voxels inside as a boolean array of the whole grid's shape."""
        mask = np.zeros(shape, dtype=bool)
        mask[self.box] = self.values < 0
        return mask


def occupancy(values: Floats) -> Floats:
    """Return how much of each voxel lies inside, 0 to 1: the partial volume.

    The surface is a plane inside one voxel, so the filled part grows linearly over the
    voxel's extent along the normal, which is the sum of |differences| along the axes. That
    holds for any scaling of the function and for voxels of any shape.
    """
    width = np.zeros_like(values)
    for axis in range(3):
        if values.shape[axis] > 1:
            width += np.abs(np.gradient(values, axis=axis))
    np.maximum(width, 1e-4, out=width)
    return np.asarray(np.clip(0.5 - values / width, 0.0, 1.0), dtype=np.float32)


def rotation(about_z: float = 0.0, about_y: float = 0.0, about_x: float = 0.0) -> Floats:
    """Return the (3, 3) matrix of turns in degrees acting on (z, y, x) vectors."""
    result = np.eye(3)
    for angle, (i, j) in ((about_z, (1, 2)), (about_y, (0, 2)), (about_x, (0, 1))):
        c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        turn = np.eye(3)
        turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
        result = turn @ result
    return result.astype(np.float32)


def local(grid: PhantomGrid, box: Box, centre: Point, turn: Floats) -> tuple[Floats, ...]:
    """Return the box's positions in the frame of an organ: turn^T (p - centre)."""
    z, y, x = grid.axes(box)
    dz, dy, dx = z - centre[0], y - centre[1], x - centre[2]
    return tuple(turn[0, k] * dz + turn[1, k] * dy + turn[2, k] * dx for k in range(3))


def ellipsoid(
    grid: PhantomGrid, centre: Point, radii: Point, turn: Floats | None = None, margin: float = 4.0
) -> Field:
    """Return an ellipsoid of half-axes `radii` (mm); about a distance near its surface."""
    axes = np.eye(3, dtype=np.float32) if turn is None else turn
    reach = np.sqrt((axes**2) @ np.asarray(radii) ** 2) + margin
    box = grid.around(centre, (float(reach[0]), float(reach[1]), float(reach[2])))
    u, v, w = local(grid, box, centre, axes)
    length = np.sqrt((u / radii[0]) ** 2 + (v / radii[1]) ** 2 + (w / radii[2]) ** 2)
    return Field(box, ((length - 1) * np.float32(min(radii))).astype(np.float32))


def capsule(grid: PhantomGrid, start: Point, stop: Point, radius: float) -> Field:
    """Return the points within `radius` mm of a line from `start` to `stop`."""
    low = tuple(min(a, b) - radius - 3 for a, b in zip(start, stop, strict=True))
    high = tuple(max(a, b) + radius + 3 for a, b in zip(start, stop, strict=True))
    box = grid.box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    z, y, x = grid.axes(box)
    along = np.subtract(stop, start).astype(np.float32)
    squared = max(float(along @ along), 1e-6)
    dz, dy, dx = z - start[0], y - start[1], x - start[2]
    t = np.clip((dz * along[0] + dy * along[1] + dx * along[2]) / squared, 0, 1)
    offset = (dz - t * along[0]) ** 2 + (dy - t * along[1]) ** 2 + (dx - t * along[2]) ** 2
    return Field(box, (np.sqrt(offset) - radius).astype(np.float32))


def smooth_max(first: Floats, second: Floats, width: float) -> Floats:
    """Return the intersection of two shapes with its edge rounded over `width` mm."""
    overlap = np.maximum(width - np.abs(first - second), 0.0) / width
    rounded = np.maximum(first, second) + overlap * overlap * (width / 4)
    return np.asarray(rounded, dtype=np.float32)


def smooth_min(first: Floats, second: Floats, width: float) -> Floats:
    """Return the union of two shapes with its crease rounded over `width` mm."""
    return -smooth_max(-first, -second, width)
