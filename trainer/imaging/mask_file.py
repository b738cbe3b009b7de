"""Masks and images on the source's own grid, read with a check and written with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.geometry import Geometry, require_same
from trainer.imaging.hashing import array_hash, compact
from trainer.imaging.nifti import UnreadableImage, read_file, write_file
from trainer.imaging.volume import Volume

_HIGHEST_STRUCTURE = 3


def read_mask(path: Path, like: Geometry | None = None) -> Volume:
    """Return a mask as uint8 (z, y, x) = (S, P, L).

    Parameters
    ----------
    like : the image's grid; a mask within the tolerance takes it over exactly (nine KiTS19
        masks were saved with slightly rotated headers).

    Raises
    ------
    GeometryMismatch : it lies on another grid; both are in the message.
    UnreadableImage : not readable, or with values other than 0, 1, 2, 3.
    """
    array, geometry = read_file(path)
    if like is not None:
        require_same(geometry, like, path.name)
        geometry = like
    if array.size and (array.min() < 0 or array.max() > _HIGHEST_STRUCTURE):
        raise UnreadableImage(
            f"{path.name} is not a mask: it has values from {array.min():g} to "
            f"{array.max():g}, a mask has 0 background, 1 kidney, 2 tumor, 3 cyst.",
            kept="The file was not changed.",
        )
    mask = array.astype(np.uint8)
    if not np.array_equal(mask, array):
        raise UnreadableImage(
            f"{path.name} is not a mask: its values are not whole numbers.",
            kept="The file was not changed.",
        )
    return Volume(mask, geometry)


def read_bits(path: Path, like: Geometry) -> NDArray[np.uint16]:
    """Return a folds or mirrors file as uint16 (z, y, x); see `trainer.contract.scores`."""
    array, geometry = read_file(path)
    require_same(geometry, like, path.name)
    return array.astype(np.uint16)


def write_mask(path: Path, array: NDArray[Any], geometry: Geometry) -> str:
    """Write a uint8 or uint16 mask (z, y, x) as NIfTI on `geometry`; return its voxels' hash.

    Raises
    ------
    WriteFailed : the file could not be written whole; the old one is unchanged.
    """
    if array.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16)):
        raise TypeError(f"a mask is uint8 or uint16, not {array.dtype}")
    write_file(path, array, geometry)
    return array_hash(array)


def write_image(path: Path, array: NDArray[Any], geometry: Geometry) -> None:
    """Write HU voxels (z, y, x) as NIfTI on `geometry`, int16 where nothing is lost."""
    write_file(path, compact(array), geometry)
