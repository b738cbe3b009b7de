"""Voxels and grid of one volume file, as stored, after every check of its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from trainer.imaging.geometry import FARTHEST_MM, Geometry
from trainer.imaging.image_errors import refused
from trainer.imaging.image_memory import require_honest_size
from trainer.imaging.nifti_grid import grid_of
from trainer.imaging.nifti_header import read_header
from trainer.imaging.text_header import read_meta_header, read_nrrd_header
from trainer.imaging.voxel_stream import (
    GZIP_WINDOW,
    ZLIB_WINDOW,
    ByteStream,
    InflatedStream,
    read_voxels,
)

_GZIP_MAGIC = b"\x1f\x8b"
# No scanner and no calibration gives more; single floats of nonsense do, and integers above
# it would be rounded as floats.
_HIGHEST_VALUE = 1e7


@dataclass(frozen=True)
class StoredVolume:
    """Voxels (k, j, i) as the file has them, its grid, and notes on what was odd."""

    array: NDArray[Any]
    geometry: Geometry
    notes: tuple[str, ...] = ()


def load(path: Path) -> StoredVolume:
    """Return the one volume in a NIfTI, NRRD or MetaImage file.

    Raises
    ------
    UnreadableImage : anything about the file that cannot be trusted, named.
    """
    if not path.is_file():
        raise refused(path, "it is not a file" if path.exists() else "it does not exist", "")
    try:
        with path.open("rb") as file:
            name = path.name.lower()
            if name.endswith((".nii", ".nii.gz")):
                volume = _load_nifti(file, path)
            else:
                volume = _load_with_text_header(file, path)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise refused(path, reason, "Check the disk and the permissions.") from error
    _check_values(path, volume.array)
    return volume


def nifti_grid(path: Path) -> Geometry:
    """Return the grid in the header of a .nii or .nii.gz file; its voxels are not read.

    Raises
    ------
    UnreadableImage : not a file, not NIfTI, or a header that makes no sense.
    """
    try:
        with path.open("rb") as file:
            stream, _compressed = _nifti_stream(file, path)
            geometry, _notes = grid_of(read_header(stream, path), path)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise refused(path, reason, "Check the disk and the permissions.") from error
    return geometry


def _nifti_stream(file: BinaryIO, path: Path) -> tuple[ByteStream, bool]:
    compressed = file.read(2) == _GZIP_MAGIC
    file.seek(0)
    if compressed != path.name.lower().endswith(".gz"):
        wrong = "it is a gzip file named .nii" if compressed else "it is not a gzip file"
        raise refused(path, wrong, "Give it the extension that it is.")
    return (InflatedStream(file, path) if compressed else file), compressed


def _load_nifti(file: BinaryIO, path: Path) -> StoredVolume:
    stream, compressed = _nifti_stream(file, path)
    header = read_header(stream, path)
    stored = path.stat().st_size - (0 if compressed else header.offset)
    require_honest_size(path, header.size, header.kind.itemsize, stored, compressed)
    geometry, notes = grid_of(header, path)
    array = read_voxels(stream, path, header.size[::-1], header.kind)
    return StoredVolume(_scaled(array, header.slope, header.intercept), geometry, notes)


def _load_with_text_header(file: BinaryIO, path: Path) -> StoredVolume:
    if file.read(4) == b"NRRD":
        file.seek(0)
        stored = read_nrrd_header(file, path)
    else:
        file.seek(0)
        stored = read_meta_header(file, path)
    left = path.stat().st_size - file.tell()
    require_honest_size(path, stored.size, stored.kind.itemsize, left, bool(stored.packing))
    geometry = _grid_by_itk(path, stored.size)
    stream: ByteStream = file
    if stored.packing:
        window = GZIP_WINDOW if stored.packing == "gzip" else ZLIB_WINDOW
        stream = InflatedStream(file, path, window)
    array = read_voxels(stream, path, stored.size[::-1], stored.kind)
    return StoredVolume(array, geometry, stored.notes)


def _grid_by_itk(path: Path, size: tuple[int, int, int]) -> Geometry:
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        # Its own sentence may name the folder, and so a patient.
        reason = str(error).strip().splitlines()[-1].replace(str(path), path.name)
        raise refused(path, f"its header cannot be read ({reason})") from error
    count = reader.GetDimension()
    if tuple(reader.GetSize()[:3]) != size:
        raise refused(path, f"its header is read as {reader.GetSize()} voxels, it says {size}")
    i, j, k = reader.GetSpacing()[:3]
    x, y, z = reader.GetOrigin()[:3]
    direction = np.array(reader.GetDirection()).reshape(count, count)[:3, :3]
    values = np.array([i, j, k, x, y, z, *direction.ravel()])
    far = not np.all(np.isfinite(values)) or np.abs(values).max() > FARTHEST_MM
    if far or min(i, j, k) <= 0:
        raise refused(path, f"its header gives the spacing {i:g}×{j:g}×{k:g} mm or a bad place")
    if np.abs(direction.T @ direction - np.eye(3)).max() > 1e-3:
        raise refused(path, "its axes are not at right angles")
    return Geometry(size, (i, j, k), (x, y, z), tuple(direction.ravel().tolist()))


def _scaled(array: NDArray[Any], slope: float, intercept: float) -> NDArray[Any]:
    if (slope, intercept) == (1.0, 0.0):
        return array
    # Sheet by sheet: the product in 64 bits is four times as large as what is kept.
    scaled = np.empty(array.shape, np.float32)
    with np.errstate(over="ignore"):
        for sheet, stored in zip(scaled, array, strict=True):
            sheet[...] = stored * np.float64(slope) + intercept
    return scaled


def _check_values(path: Path, array: NDArray[Any]) -> None:
    if array.dtype.kind != "f" and array.dtype.itemsize <= 2:
        return
    low, high = float(array.min()), float(array.max())
    if np.isfinite(low) and np.isfinite(high):
        if max(-low, high) > _HIGHEST_VALUE:
            raise refused(path, f"its values run from {low:g} to {high:g}, which no image has")
        return
    bad = ~np.isfinite(array)
    first = tuple(int(axis) for axis in np.unravel_index(int(bad.argmax()), bad.shape))[::-1]
    raise refused(
        path,
        f"{int(np.count_nonzero(bad))} voxels are not numbers, the first at (i, j, k) = {first}",
        "Find out what they were, or set them to -1024 HU, then save it again.",
    )
