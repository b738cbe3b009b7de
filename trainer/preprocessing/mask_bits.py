"""Masks at two bits a voxel: four neighbours along the last axis share a byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PER_BYTE = 4
HIGHEST = 3


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
    quads = _spread(packed[..., first : -(-high // PER_BYTE)])
    return np.ascontiguousarray(quads[..., low - first * PER_BYTE : high - first * PER_BYTE])


def _spread(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return four values per byte, the lowest bits first, by shifts over 32-bit words."""
    words = packed.astype("<u4", order="C")
    words |= words << 12
    words &= 0x000F000F
    words |= words << 6
    words &= 0x03030303
    return np.asarray(words.view(np.uint8))
