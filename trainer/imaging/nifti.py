"""NIfTI, NRRD and MetaImage files: read after a check of the bytes, written with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from trainer.imaging.geometry import Geometry
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.nifti_writing import write_nifti
from trainer.imaging.orientation import from_spl, to_spl
from trainer.imaging.safe_write import safe_write
from trainer.imaging.volume_bytes import load

__all__ = ["IMAGE_SUFFIXES", "UnreadableImage", "is_image_file", "read_file", "write_file"]

IMAGE_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".mha")


def is_image_file(path: Path) -> bool:
    """Return whether the name ends like a volume file the program reads."""
    return path.name.lower().endswith(IMAGE_SUFFIXES)


def read_file(path: Path) -> tuple[NDArray[Any], Geometry]:
    """Return (z, y, x) voxels (S, P, L) as stored, and the file's grid.

    Raises
    ------
    UnreadableImage : cut, damaged, not one 3D volume, with voxels that are not numbers, or
        with a header that makes no sense.
    """
    stored = load(path)
    return to_spl(stored.array, stored.geometry), stored.geometry


def write_file(path: Path, array: NDArray[Any], geometry: Geometry) -> None:
    """Write (z, y, x) voxels on the file grid `geometry`, reopened and compared.

    Raises
    ------
    WriteFailed : the disk is full, the folder cannot be written, the copy differs.
    """
    stored = from_spl(array, geometry)

    def write(target: Path) -> None:
        if path.name.lower().endswith((".nii", ".nii.gz")):
            write_nifti(target, stored, geometry, packed=path.name.lower().endswith("gz"))
        else:
            image = sitk.GetImageFromArray(stored)
            geometry.apply_to(image)
            sitk.WriteImage(image, str(target))

    def verify(target: Path) -> None:
        back, grid = read_file(target)
        if not grid.same_as(geometry) or not np.array_equal(back, array):
            raise OSError("the file read back differs from what was written")

    safe_write(path, write, verify, expected_bytes=stored.nbytes // 8)
