"""NIfTI, NRRD and MetaImage files: read with a check of the bytes, write with proof.

SimpleITK fills a truncated NIfTI with zeros and ignores a wrong gzip checksum, both
reported as success, so the bytes are counted and checked before it decodes them.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import from_spl, to_spl
from trainer.imaging.safe_write import safe_write

IMAGE_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".mha")
_HEADER_BYTES = 348
_CHUNK = 1 << 20
_MAXIMUM_VOXELS = 2_000_000_000


class UnreadableImage(KitsDeskError):
    """A file is not an image the program can trust."""


def is_image_file(path: Path) -> bool:
    """Return whether the name ends like a volume file the program reads."""
    return path.name.lower().endswith(IMAGE_SUFFIXES)


def read_file(path: Path) -> tuple[NDArray[Any], Geometry]:
    """Return (z, y, x) voxels (S, P, L) as stored, and the file's grid.

    Raises
    ------
    UnreadableImage : cut, damaged, not 3D, or with a header that makes no sense.
    """
    if not path.exists():
        raise UnreadableImage(f"{path.name} does not exist.")
    if path.name.lower().endswith((".nii", ".nii.gz")):
        _check_nifti(path)
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise _refused(path, f"it cannot be decoded ({reason})") from error
    image = _as_3d(image, path)
    geometry = Geometry.from_sitk(image)
    if min(geometry.spacing) <= 0 or not np.all(np.isfinite(geometry.affine())):
        raise _refused(path, "its spacing or position makes no sense")
    return to_spl(sitk.GetArrayViewFromImage(image), geometry), geometry


def write_file(path: Path, array: NDArray[Any], geometry: Geometry) -> None:
    """Write (z, y, x) voxels on the file grid `geometry`, reopened and compared.

    Raises
    ------
    WriteFailed : the disk is full, the folder cannot be written, the copy differs.
    """
    stored = from_spl(array, geometry)
    image = sitk.GetImageFromArray(stored)
    geometry.apply_to(image)

    def write(target: Path) -> None:
        sitk.WriteImage(image, str(target), useCompression=path.name.endswith("gz"))

    def verify(target: Path) -> None:
        back, grid = read_file(target)
        if not grid.same_as(geometry) or not np.array_equal(back, array):
            raise OSError("the file read back differs from what was written")

    safe_write(path, write, verify, expected_bytes=stored.nbytes // 8)


def _as_3d(image: sitk.Image, path: Path) -> sitk.Image:
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise _refused(path, "it has several values per voxel (colour or vector)")
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3 or min(image.GetSize()) < 1:
        raise _refused(path, f"it has {image.GetDimension()} dimensions, not 3")
    return image


def _check_nifti(path: Path) -> None:
    compressed = path.name.lower().endswith(".gz")
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    try:
        header = zlib.decompressobj(31).decompress(start, _HEADER_BYTES) if compressed else start
    except zlib.error as error:
        raise _refused(path, "it is not a gzip file") from error
    needed = _bytes_needed(path, header)
    found = _gzip_length(path, needed) if compressed else path.stat().st_size
    if found < needed:
        raise _refused(path, f"it is cut after {100 * found / needed:.0f} % of its voxels")


def _bytes_needed(path: Path, header: bytes) -> int:
    if len(header) < _HEADER_BYTES:
        raise _refused(path, "it is shorter than a NIfTI header")
    order = "<" if struct.unpack("<i", header[:4])[0] in (348, 540) else ">"
    size = struct.unpack(order + "i", header[:4])[0]
    if size != _HEADER_BYTES:
        return 0
    dimensions = struct.unpack(order + "8h", header[40:56])
    bits = struct.unpack(order + "h", header[72:74])[0]
    offset = struct.unpack(order + "f", header[108:112])[0]
    spacing = struct.unpack(order + "3f", header[80:92])
    count = dimensions[0]
    if not 3 <= count <= 7 or any(n < 1 for n in dimensions[1 : count + 1]):
        raise _refused(path, f"its header gives the dimensions {dimensions[1:4]}")
    voxels = int(np.prod([int(n) for n in dimensions[1 : count + 1]]))
    if voxels > _MAXIMUM_VOXELS or bits not in (8, 16, 32, 64) or not 0 <= offset <= 1 << 20:
        raise _refused(path, f"its header asks for {voxels} voxels of {bits} bits")
    if not all(np.isfinite(value) and value > 0 for value in spacing):
        raise _refused(path, f"its header gives the spacing {spacing}")
    return int(int(offset) + voxels * int(bits) // 8)


def _gzip_length(path: Path, needed: int) -> int:
    """Return how many bytes the gzip stream holds, its checksum proved."""
    stream, length = zlib.decompressobj(31), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                length += len(stream.decompress(chunk))
            except zlib.error as error:
                raise _refused(path, "its compressed bytes are damaged") from error
            if length > needed + _CHUNK * 1100:
                raise _refused(path, "it expands to more than its header says")
            if stream.eof:
                return length
    return min(length, needed - 1)


def _refused(path: Path, reason: str) -> UnreadableImage:
    return UnreadableImage(
        f"{path.name} is refused: {reason}.",
        kept="The file was not changed.",
        advice="Export or download it again.",
    )
