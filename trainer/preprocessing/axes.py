"""Between the views' axes (S, P, L) and the order in which a network sees a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import orientation_of

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class NetworkAxes:
    """`order[k]` is the axis of (S, P, L) that lies along the network's axis k, and
    `flipped[k]` says that it runs the other way there. Flips and swaps, nothing else."""

    order: Triple = (0, 1, 2)
    flipped: tuple[bool, bool, bool] = (False, True, True)

    def to_network(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return an (S, P, L) array as a C-contiguous one in the network's axes."""
        moved = array.transpose(self.order)
        return np.ascontiguousarray(np.flip(moved, self._flips))

    def from_network(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return an array in the network's axes as a C-contiguous (S, P, L) one."""
        moved = np.flip(array, self._flips).transpose(np.argsort(self.order))
        return np.ascontiguousarray(moved)

    def spacing(self, spacing: Sequence[float]) -> tuple[float, float, float]:
        """Return mm along (S, P, L) as mm along the network's axes."""
        a, b, c = (spacing[axis] for axis in self.order)
        return a, b, c

    @property
    def places(self) -> Triple:
        """Return the network's axis that runs along each of S, P, L."""
        z, y, x = (self.order.index(axis) for axis in range(3))
        return z, y, x

    @property
    def _flips(self) -> tuple[int, ...]:
        return tuple(axis for axis, flipped in enumerate(self.flipped) if flipped)


# What nnU-Net's reorienting readers deliver, and what our own networks see.
SAR = NetworkAxes()


def network_axes(plan: PreprocessingPlan, geometry: Geometry) -> NetworkAxes:
    """Return the axes in which networks of `plan` see a volume that is stored on `geometry`.

    As nnU-Net does, the reader decides first (`plan.axes`): Superior, Anterior, Right, or
    the file's own slowest axis first; `plan.transpose` then orders what it delivered.
    """
    reader = SAR if plan.axes == "SAR" else _as_stored(geometry)
    a, b, c = (reader.order[axis] for axis in plan.transpose)
    d, e, f = (reader.flipped[axis] for axis in plan.transpose)
    return NetworkAxes((a, b, c), (d, e, f))


def _as_stored(geometry: Geometry) -> NetworkAxes:
    orientation = orientation_of(geometry.direction)
    # Array axis 0 is the file's slowest, k.
    k, j, i = (orientation.file_axis.index(axis) for axis in (2, 1, 0))
    flipped = orientation.flipped
    return NetworkAxes((k, j, i), (flipped[k], flipped[j], flipped[i]))


def to_network(array: NDArray[Any]) -> NDArray[Any]:
    """Return an (S, P, L) array as C-contiguous (S, A, R)."""
    return SAR.to_network(array)


def from_network(array: NDArray[Any]) -> NDArray[Any]:
    """Return an (S, A, R) array as C-contiguous (S, P, L)."""
    return SAR.from_network(array)
