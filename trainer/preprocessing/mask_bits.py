"""Masks at two bits a voxel: four neighbours along the last axis share a byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PER_BYTE = 4
HIGHEST = 3
_TABLE = np.array([[byte >> 2 * k & 3 for k in range(PER_BYTE)] for byte in range(256)], np.uint8)


def pack_mask(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (z, y, ceil(x / 4)) bytes for a (z, y, x) mask of values 0 to 3.

    Raises
    ------
    ValueError : a value does not fit in two bits.
    """
    if mask.size and mask.max() > HIGHEST:
        raise ValueError(f"two bits hold 0 to 3, not {mask.max()}")
    missing = -mask.shape[-1] % PER_BYTE
    padded = np.pad(mask, ((0, 0), (0, 0), (0, missing)))
    quads = padded.reshape(*mask.shape[:2], -1, PER_BYTE)
    packed = quads[..., 0] | quads[..., 1] << 2 | quads[..., 2] << 4 | quads[..., 3] << 6
    return np.asarray(packed, np.uint8)


def unpack_columns(packed: NDArray[np.uint8], low: int, high: int) -> NDArray[np.uint8]:
    """Return the mask values of columns `low` to `high` (exclusive) of packed rows."""
    first = low // PER_BYTE
    quads = _TABLE[packed[..., first : -(-high // PER_BYTE)]]
    columns = quads.reshape(*packed.shape[:2], -1)
    return np.ascontiguousarray(columns[..., low - first * PER_BYTE : high - first * PER_BYTE])
