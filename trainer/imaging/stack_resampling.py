"""Tilted or unevenly spaced slices brought onto one regular grid, linearly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import shift

from trainer.imaging.slice_stack import Stack

_OUTSIDE_HU = -1024.0


def straightened(
    pixels: NDArray[Any], stack: Stack
) -> tuple[NDArray[Any], tuple[float, float, float]]:
    """Return slices (n, rows, columns) of a tilted gantry moved into one upright block.

    The block is widened by the shift, so that nothing falls out of it; what no slice saw is
    −1024 HU. Also returns the origin (LPS mm) of the block's first pixel.
    """
    first = stack.slices[0]
    spacing = np.array([first.spacing[1], first.spacing[0]])
    moved = stack.drift / spacing
    low, high = np.floor(moved.min(axis=0)), np.ceil(moved.max(axis=0))
    width, height = (int(value) for value in high - low)
    rows, columns = pixels.shape[1:]
    block = np.empty((len(pixels), rows + height, columns + width), pixels.dtype)
    for n, picture in enumerate(pixels):
        padded = np.full(block.shape[1:], _OUTSIDE_HU, np.float32)
        padded[:rows, :columns] = picture
        by = moved[n] - low
        laid = shift(padded, (by[1], by[0]), order=1, mode="constant", cval=_OUTSIDE_HU)
        block[n] = _rounded(laid, block.dtype)
    axes = np.array(first.orientation).reshape(2, 3)
    x, y, z = (float(v) for v in np.array(first.position) + (low * spacing) @ axes)
    return block, (x, y, z)


def evened(pixels: NDArray[Any], stack: Stack) -> NDArray[Any]:
    """Return slices at `stack.step` mm from the first to the last, each blended linearly
    from its two neighbours; where slices are missing the gap is bridged."""
    length = stack.along[-1] - stack.along[0]
    wanted = stack.along[0] + stack.step * np.arange(int(length / stack.step + 1.0001))
    below = np.clip(np.searchsorted(stack.along, wanted, side="right") - 1, 0, len(pixels) - 2)
    share = (wanted - stack.along[below]) / (stack.along[below + 1] - stack.along[below])
    # A sheet of the source within its header's rounding is taken as it is.
    share = np.where(np.abs(share - np.round(share)) < 1e-3, np.round(share), share)
    out = np.empty((len(wanted), *pixels.shape[1:]), pixels.dtype)
    for n, (index, weight) in enumerate(zip(below, share, strict=True)):
        blend = np.float32(1 - weight) * pixels[index] + np.float32(weight) * pixels[index + 1]
        out[n] = _rounded(blend.astype(np.float32, copy=False), out.dtype)
    return out


def _rounded(values: NDArray[np.float32], kind: np.dtype[Any]) -> NDArray[Any]:
    return values if kind.kind == "f" else np.rint(values).astype(kind)
