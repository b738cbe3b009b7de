"""Hashes of voxels, the same for the same picture in any file format and axis order."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.volume import Volume


def compact(array: NDArray[Any]) -> NDArray[Any]:
    """Return CT voxels as int16 where that loses nothing, else as float32 HU."""
    if array.dtype == np.int16:
        return array
    if array.dtype == np.uint8:
        return array.astype(np.int16)
    low, high = float(array.min()), float(array.max())
    if np.isfinite(low) and np.isfinite(high) and low >= -32768 and high <= 32767:
        rounded = np.empty(array.shape, np.int16)
        for sheet, given in zip(rounded, array, strict=True):
            sheet[...] = given
            if not np.array_equal(sheet, given):
                break
        else:
            return rounded
        del rounded
    return array.astype(np.float32, copy=False)


def array_hash(array: NDArray[Any]) -> str:
    """Return the sha256 of an array's shape, dtype and C-ordered voxels."""
    digest = hashlib.sha256(f"{array.shape}{array.dtype.str}".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def volume_hash(volume: Volume) -> str:
    """Return the sha256 of inner voxels, shape and spacing (to 1e-3 mm).

    A mask (uint8) hashes as uint8 and a CT as `compact` gives it, so one image stored as
    int32, int16 or float of whole numbers, in any axis order, has one hash.
    """
    array = volume.array if volume.array.dtype == np.uint8 else compact(volume.array)
    spacing = ",".join(f"{value:.3f}" for value in volume.spacing)
    return hashlib.sha256(f"{spacing}|{array_hash(array)}".encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
