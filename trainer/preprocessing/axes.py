"""Between the views' axes (S, P, L) and the network's (S, A, R): two flips each way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_network(array: NDArray[Any]) -> NDArray[Any]:
    """Return an (S, P, L) array, or a stack of them, as C-contiguous (S, A, R)."""
    return np.ascontiguousarray(array[..., ::-1, ::-1])


def from_network(array: NDArray[Any]) -> NDArray[Any]:
    """Return an (S, A, R) array, or a stack of them, as C-contiguous (S, P, L)."""
    return np.ascontiguousarray(array[..., ::-1, ::-1])
