"""The header of a NIfTI file, every field judged before a voxel is read.

Field offsets: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.imaging.image_errors import UnreadableImage, refused
from trainer.imaging.voxel_stream import ByteStream

_REAL_TYPES = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}
_OTHER_TYPES = {
    1: "single bits",
    32: "complex numbers",
    128: "colours",
    1536: "128-bit floats",
    1792: "complex numbers",
    2048: "complex numbers",
    2304: "colours",
}
_LONGEST_EXTENSION = 1 << 24
_FINEST_MM = 1e-3
# What nifti2.h puts behind its magic, to be changed by a transfer as text; some leave it out.
_LINE_ENDS = (b"\r\n\x1a\n", b"\0\0\0\0")
_LENGTH_UNITS = {1: "metres", 3: "micrometres"}


@dataclass(frozen=True)
class NiftiHeader:
    """What a header says: size (i, j, k), the voxels' type with its byte order, where they
    begin, their scaling, pixdim 0–3 in mm, and both transforms with their codes."""

    size: tuple[int, int, int]
    kind: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    pixdim: tuple[float, float, float, float]
    qform_code: int
    quaternion: tuple[float, ...]
    sform_code: int
    sform: tuple[float, ...]


@dataclass(frozen=True)
class _Layout:
    length: int
    magic: bytes
    magic_at: int
    dimensions: tuple[str, int]
    types: int
    pixdim: tuple[str, int]
    offset: tuple[str, int]
    scaling: tuple[str, int]
    codes: tuple[str, int]
    transforms: tuple[str, int]
    units: tuple[str, int]


_LAYOUTS = {
    348: _Layout(
        348,
        b"n+1\0",
        344,
        ("8h", 40),
        70,
        ("8f", 76),
        ("f", 108),
        ("2f", 112),
        ("2h", 252),
        ("18f", 256),
        ("B", 123),
    ),
    540: _Layout(
        540,
        b"n+2\0",
        4,
        ("8q", 16),
        12,
        ("8d", 104),
        ("q", 168),
        ("2d", 176),
        ("2i", 344),
        ("18d", 352),
        ("i", 500),
    ),
}


def read_header(stream: ByteStream, path: Path) -> NiftiHeader:
    """Return the header at the start of `stream`, which then stands at the first voxel.

    Raises
    ------
    UnreadableImage : not NIfTI, not one 3D volume of real numbers, or a field that makes
        no sense; the message names it.
    """
    start = _exactly(stream, 348, path)
    little, big = struct.unpack("<i", start[:4])[0], struct.unpack(">i", start[:4])[0]
    layout = _LAYOUTS.get(little) or _LAYOUTS.get(big)
    if layout is None:
        raise refused(path, "it does not begin like a NIfTI file", "Check what the file is.")
    order = "<" if little == layout.length else ">"
    data = start + _exactly(stream, layout.length - 348, path)
    _check_magic(path, data, layout)
    header = _parse(path, data, layout, order)
    _exactly(stream, header.offset - layout.length, path)
    return header


def _exactly(stream: ByteStream, count: int, path: Path) -> bytes:
    data = b""
    while len(data) < count:
        part = stream.read(count - len(data))
        if not part:
            raise refused(path, "it is shorter than a NIfTI header")
        data += part
    return data


def _check_magic(path: Path, data: bytes, layout: _Layout) -> None:
    magic = data[layout.magic_at : layout.magic_at + 4]
    if magic == layout.magic:
        if layout.length == 540 and data[8:12] not in _LINE_ENDS:
            raise refused(path, "a transfer as text changed its bytes (the line ends of its magic)")
        return
    if magic in (b"ni1\0", b"ni2\0"):
        raise refused(path, "it is one half of a .hdr/.img pair", "Convert it to .nii.gz.")
    if magic == b"\0\0\0\0":
        raise refused(
            path,
            "it is an Analyze file, which does not say which side is left",
            "Convert it from its source again, to .nii.gz.",
        )
    raise refused(path, "its header lacks the NIfTI magic")


def _parse(path: Path, data: bytes, layout: _Layout, order: str) -> NiftiHeader:
    def field(place: tuple[str, int]) -> tuple[Any, ...]:
        return struct.unpack_from(order + place[0], data, place[1])

    code, bits = field(("2h", layout.types))
    kind = _voxel_kind(path, code, bits, order)
    (offset,), (slope, intercept) = field(layout.offset), field(layout.scaling)
    transforms, codes = field(layout.transforms), field(layout.codes)
    pixdim = field(layout.pixdim)[:4]
    _check_spacing(path, pixdim, int(field(layout.units)[0]))
    return NiftiHeader(
        _size(path, field(layout.dimensions)),
        kind,
        _offset(path, float(offset), layout.length),
        *_scaling(path, slope, intercept),
        (pixdim[0], pixdim[1], pixdim[2], pixdim[3]),
        codes[0],
        transforms[:6],
        codes[1],
        transforms[6:],
    )


def _size(path: Path, dimensions: tuple[int, ...]) -> tuple[int, int, int]:
    count, sizes = dimensions[0], dimensions[1:]
    if not 1 <= count <= 7 or any(n < 1 for n in sizes[:count]):
        raise refused(path, f"its header gives {count} dimensions of {sizes[: max(1, count)]}")
    used = [*sizes[:count], *[1] * (7 - count)]
    if used[4] > 1:
        raise _not_one_volume(path, f"it is a vector image with {used[4]} values per voxel")
    if used[3] > 1 or max(used[5:]) > 1:
        shown = "×".join(str(n) for n in sizes[:count])
        raise _not_one_volume(path, f"it is 4-D or more ({shown}), not one volume")
    if count < 3:
        raise _not_one_volume(path, f"it has {count} dimensions, not 3")
    return (used[0], used[1], used[2])


def _not_one_volume(path: Path, reason: str) -> UnreadableImage:
    return refused(path, reason, "Split it and choose the volume of one phase.")


def _voxel_kind(path: Path, code: int, bits: int, order: str) -> np.dtype[Any]:
    if code not in _REAL_TYPES:
        name = _OTHER_TYPES.get(code, f"an unknown type ({code})")
        raise refused(path, f"its voxels are {name}, not real numbers")
    kind = np.dtype(order + _REAL_TYPES[code])
    if bits != 8 * kind.itemsize:
        raise refused(path, f"its header gives {bits} bits to voxels of {8 * kind.itemsize}")
    return kind


def _offset(path: Path, offset: float, length: int) -> int:
    """Return where the voxels begin; 0 stands for right behind the header."""
    if offset == 0:
        return length + 4
    if not length <= offset <= _LONGEST_EXTENSION or offset != int(offset):
        raise refused(path, f"its header puts the voxels at byte {offset:g} (vox_offset)")
    return int(offset)


def _scaling(path: Path, slope: float, intercept: float) -> tuple[float, float]:
    """Return slope and intercept; a slope of 0 or NaN means no scaling, as nifti1.h says."""
    if slope == 0 or np.isnan(slope):
        return 1.0, 0.0
    if not (np.isfinite(slope) and np.isfinite(intercept)):
        raise refused(path, f"its header scales the voxels by {slope:g} and {intercept:g}")
    return float(slope), float(intercept)


def _check_spacing(path: Path, pixdim: tuple[float, ...], units: int) -> None:
    shown = "×".join(f"{value:g}" for value in pixdim[1:4])
    if not all(np.isfinite(value) and _FINEST_MM <= value < 1000 for value in pixdim[1:4]):
        raise refused(path, f"its header gives the spacing {shown} mm (pixdim)")
    if units & 7 in _LENGTH_UNITS:
        raise refused(
            path,
            f"its header gives lengths in {_LENGTH_UNITS[units & 7]}, not mm",
            "Convert it to millimetres.",
        )
