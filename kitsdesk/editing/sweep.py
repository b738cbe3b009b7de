"""The voxels that a round brush covers on its way between two points, in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.box import Box, box_shape, box_slices, union

Voxels = NDArray[np.bool_]
Floats = NDArray[np.float64]
_PARALLEL = 1e-9


@dataclass(frozen=True)
class Brush:
    """A disc in one slice (`flat_axis` 0 z, 1 y, 2 x) or a ball (`flat_axis` None).

    `radius_mm` is measured between voxel centres; `spacing` is (z, y, x) mm.
    """

    radius_mm: float
    spacing: tuple[float, float, float]
    flat_axis: int | None = None

    def sweep(
        self, start: Floats, end: Floats, shape: tuple[int, ...]
    ) -> tuple[Box, Voxels] | None:
        """Return the box and the covered voxels of the way from `start` to `end`.

        Points are fractional (z, y, x) indices. A voxel wider than the radius cannot be
        covered in part: along its axis the brush snaps to the nearest slice, so that the
        voxel under the pointer is always covered. None where all of it lies outside `shape`.
        """
        start, end = self._on_slice(start), self._on_slice(end)
        if self._snapped_axes():
            return self._sweep_in_steps(start, end, shape)
        return self._capsule(start, end, shape)

    def _on_slice(self, point: Floats) -> Floats:
        point = np.array(point, float)
        if self.flat_axis is not None:
            point[self.flat_axis] = np.floor(point[self.flat_axis] + 0.5)
        return point

    def _snapped_axes(self) -> list[int]:
        return [
            axis
            for axis, step in enumerate(self.spacing)
            if axis != self.flat_axis and self.radius_mm < step
        ]

    def _sweep_in_steps(
        self, start: Floats, end: Floats, shape: tuple[int, ...]
    ) -> tuple[Box, Voxels] | None:
        length = float(np.linalg.norm((end - start) * self.spacing))
        count = int(np.ceil(length / (0.5 * min(self.spacing)))) + 1
        points = np.linspace(start, end, count) if count > 1 else end[None]
        snapped = self._snapped_axes()
        points[:, snapped] = np.floor(points[:, snapped] + 0.5)
        stamps = [self._capsule(point, point, shape) for point in np.unique(points, axis=0)]
        inside = [stamp for stamp in stamps if stamp is not None]
        box: Box | None = None
        for stamp_box, _ in inside:
            box = union(box, stamp_box)
        if box is None:
            return None
        covered = np.zeros(box_shape(box), bool)
        for stamp_box, voxels in inside:
            covered[box_slices(_relative(stamp_box, box))] |= voxels
        return box, covered

    def _capsule(
        self, start: Floats, end: Floats, shape: tuple[int, ...]
    ) -> tuple[Box, Voxels] | None:
        box = self._reach(start, end, shape)
        if box is None:
            return None
        axes = [axis for axis in range(3) if axis != self.flat_axis]
        offsets = [
            (np.arange(box[2 * a], box[2 * a + 1]) - start[a]) * self.spacing[a] for a in axes
        ]
        way = np.array([(end[a] - start[a]) * self.spacing[a] for a in axes])
        covered = _rows_of_capsule(offsets, way, self.radius_mm)
        return box, covered.reshape(box_shape(box))

    def _reach(self, start: Floats, end: Floats, shape: tuple[int, ...]) -> Box | None:
        bounds: list[int] = []
        for axis in range(3):
            reach = 0.0 if axis == self.flat_axis else self.radius_mm / self.spacing[axis]
            low = max(0, int(np.ceil(min(start[axis], end[axis]) - reach)))
            high = min(shape[axis], int(np.floor(max(start[axis], end[axis]) + reach)) + 1)
            if low >= high:
                return None
            bounds += [low, high]
        return bounds[0], bounds[1], bounds[2], bounds[3], bounds[4], bounds[5]


def _rows_of_capsule(offsets: Sequence[Floats], way: Floats, radius: float) -> Voxels:
    """Return where the distance to the segment 0…`way` is at most `radius` (all in mm).

    A capsule is convex, so it meets each row along the last axis in one interval: that of
    the ball at either end and of the cylinder between them, joined. Only two numbers per
    row are computed, which keeps a large brush fast.
    """
    across = np.meshgrid(*offsets[:-1], indexing="ij")
    square = np.asarray(sum(values**2 for values in across), float)
    low, high = _ball_rows(square, 0.0, radius)
    length = float(np.linalg.norm(way))
    if length > 0:
        end = sum((values - step) ** 2 for values, step in zip(across, way[:-1], strict=True))
        for rows in (
            _ball_rows(np.asarray(end, float), float(way[-1]), radius),
            _cylinder_rows(across, square, way / length, length, radius),
        ):
            low, high = np.minimum(low, rows[0]), np.maximum(high, rows[1])
    along = offsets[-1].astype(np.float32)
    low32, high32 = low[..., None].astype(np.float32), high[..., None].astype(np.float32)
    covered: Voxels = (along >= low32) & (along <= high32)
    return covered


def _ball_rows(square: Floats, centre: float, radius: float) -> tuple[Floats, Floats]:
    half = np.sqrt(np.maximum(radius**2 - square, 0.0))
    outside = square > radius**2
    return np.where(outside, np.inf, centre - half), np.where(outside, -np.inf, centre + half)


def _cylinder_rows(
    across: Sequence[NDArray[Any]], square: Floats, unit: Floats, length: float, radius: float
) -> tuple[Floats, Floats]:
    """Solve |p|² − (p·unit)² ≤ radius² with 0 ≤ p·unit ≤ length for the last coordinate."""
    along = np.asarray(sum(v * u for v, u in zip(across, unit[:-1], strict=True)), float)
    slope = float(unit[-1])
    low, high = np.full(square.shape, -np.inf), np.full(square.shape, np.inf)
    bend = 1.0 - slope**2
    rest = square - along**2 - radius**2
    if bend > _PARALLEL:
        root = (along * slope) ** 2 - bend * rest
        half = np.sqrt(np.maximum(root, 0.0))
        low, high = (along * slope - half) / bend, (along * slope + half) / bend
        missed = root < 0
    else:
        missed = rest > 0
    if abs(slope) > _PARALLEL:
        ends = np.sort(np.stack([-along / slope, (length - along) / slope]), axis=0)
        low, high = np.maximum(low, ends[0]), np.minimum(high, ends[1])
    else:
        missed = missed | (along < 0) | (along > length)
    missed = missed | (low > high)
    return np.where(missed, np.inf, low), np.where(missed, -np.inf, high)


def _relative(inner: Box, outer: Box) -> Box:
    z, y, x = outer[0], outer[2], outer[4]
    return inner[0] - z, inner[1] - z, inner[2] - y, inner[3] - y, inner[4] - x, inner[5] - x
