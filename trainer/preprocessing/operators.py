"""Resampling along one axis as a matrix: new samples = matrix @ old samples.

Output sample i of m lies at input position (i + 0.5) n / m - 0.5 (voxel centres, as
scikit-image's `resize` and scipy's `zoom(grid_mode=True)`), edges are repeated.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

Kind = Literal["cubic", "linear", "nearest"]

# scipy.ndimage.zoom repeats the edge by this many samples before its spline prefilter.
_EDGE = 12


@lru_cache(maxsize=256)
def axis_operator(kind: Kind, size_in: int, size_out: int) -> Tensor:
    """Return the (size_out, size_in) float32 matrix on the CPU; do not change it in place.

    Parameters
    ----------
    kind : "cubic" is scipy's order 3 with prefilter and mode "nearest" (scikit-image's
        "edge"); "linear" its order 1; "nearest" takes sample floor((i + 0.5) n / m).
    """
    build = {"cubic": _cubic, "linear": _linear, "nearest": _nearest}[kind]
    matrix = build(size_in, size_out)
    return torch.from_numpy(np.ascontiguousarray(matrix, np.float32))


def nearest_index(size_in: int, size_out: int) -> NDArray[np.int64]:
    """Return the input sample nearest to each of `size_out` output samples."""
    position = np.floor(size_in / size_out * (np.arange(size_out) + 0.5))
    return np.asarray(np.clip(position, 0, size_in - 1), np.int64)


def _positions(size_in: int, size_out: int) -> NDArray[np.float64]:
    return np.asarray((np.arange(size_out) + 0.5) * (size_in / size_out) - 0.5, np.float64)


def _nearest(size_in: int, size_out: int) -> NDArray[np.float64]:
    return np.eye(size_in)[nearest_index(size_in, size_out)]


def _linear(size_in: int, size_out: int) -> NDArray[np.float64]:
    position = np.clip(_positions(size_in, size_out), 0, size_in - 1)
    low = np.floor(position).astype(np.int64)
    high = np.minimum(low + 1, size_in - 1)
    weight = position - low
    matrix = np.zeros((size_out, size_in))
    rows = np.arange(size_out)
    np.add.at(matrix, (rows, low), 1 - weight)
    np.add.at(matrix, (rows, high), weight)
    return matrix


def _cubic(size_in: int, size_out: int) -> NDArray[np.float64]:
    if size_in == size_out:
        return np.eye(size_in)
    padded = np.pad(np.eye(size_in), ((_EDGE, _EDGE), (0, 0)), mode="edge")
    coefficients = ndimage.spline_filter1d(padded, 3, axis=0, output=np.float64, mode="nearest")
    position = _positions(size_in, size_out) + _EDGE
    low = np.floor(position).astype(np.int64)
    rest = position - low
    weights = (
        (1 - rest) ** 3 / 6,
        2 / 3 - rest**2 * (2 - rest) / 2,
        2 / 3 - (1 - rest) ** 2 * (1 + rest) / 2,
        rest**3 / 6,
    )
    matrix = np.zeros((size_out, size_in))
    for offset, weight in enumerate(weights, start=-1):
        matrix += weight[:, None] * coefficients[low + offset]
    return matrix
