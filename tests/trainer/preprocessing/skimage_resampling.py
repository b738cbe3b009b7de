"""nnU-Net's preprocessing spelled out with scikit-image and scipy, as an independent peer.

Arrays are (S, A, R) or any three axes; spacings in mm. float64 throughout, as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.transform import resize

Array = NDArray[np.float64]
OPTIONS = {"mode": "edge", "clip": True, "anti_aliasing": False, "preserve_range": True}


def peer_image(array: NDArray[np.generic], shape: Sequence[int], separate: int | None) -> Array:
    """Return the image at `shape` by splines of order 3."""

    def by_splines(part: Array, size: Sequence[int]) -> Array:
        return np.asarray(resize(part, size, order=3, **OPTIONS))

    return _resample(array.astype(float), shape, separate, by_splines)


def peer_mask(mask: NDArray[np.uint8], shape: Sequence[int], separate: int | None) -> NDArray:
    """Return the mask at `shape`: the label of the largest linear weight, of the nearest
    voxel where two weights are exactly equal."""

    def by_votes(part: Array, size: Sequence[int]) -> Array:
        labels = np.unique(part)
        votes = [resize((part == k).astype(float), size, order=1, **OPTIONS) for k in labels]
        # Rounded, so that where two labels tie the last bit of a float64 does not decide.
        votes = np.round(np.stack(votes), 9)
        nearest = np.asarray(resize(part, size, order=0, **OPTIONS))
        nearest_votes = np.select([nearest == k for k in labels], list(votes))
        return np.where(nearest_votes == votes.max(axis=0), nearest, labels[votes.argmax(axis=0)])

    return _resample(mask.astype(float), shape, separate, by_votes).astype(np.uint8)


def peer_normalised(hu: Array) -> Array:
    """Return HU as the KiTS2019 plan normalises them."""
    return (np.clip(hu, -79, 304) - 101) / 76.9


def _resample(array: Array, shape: Sequence[int], separate: int | None, function) -> Array:
    if tuple(array.shape) == tuple(shape):
        return array
    if separate is None:
        return function(array, tuple(shape))
    planes = [size for axis, size in enumerate(shape) if axis != separate]
    stack = np.stack([function(plane, planes) for plane in np.moveaxis(array, separate, 0)])
    slices = shape[separate]
    if slices != len(stack):
        positions = len(stack) / slices * (np.arange(slices) + 0.5) - 0.5
        chosen = ndimage.map_coordinates(
            np.arange(len(stack), dtype=float), [positions], order=0, mode="nearest"
        )
        stack = stack[chosen.astype(int)]
    return np.moveaxis(stack, 0, separate)
