"""The text headers of MetaImage (.mha) and NRRD files, judged before SimpleITK sees them.

Formats: itk.org/Wiki/MetaIO/Documentation and teem.sourceforge.net/nrrd/format.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from trainer.imaging.image_errors import refused

_LONGEST_HEADER = 1 << 20
_META_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_NRRD_TYPES = {
    name: code
    for code, names in {
        "i1": "signed char/int8/int8_t",
        "u1": "uchar/unsigned char/uint8/uint8_t",
        "i2": "short/short int/signed short/int16/int16_t",
        "u2": "ushort/unsigned short/unsigned short int/uint16/uint16_t",
        "i4": "int/signed int/int32/int32_t",
        "u4": "uint/unsigned int/uint32/uint32_t",
        "i8": "long long/longlong/int64/int64_t",
        "u8": "ulonglong/unsigned long long/uint64/uint64_t",
        "f4": "float",
        "f8": "double",
    }.items()
    for name in names.split("/")
}


@dataclass(frozen=True)
class StoredVoxels:
    """Size (i, j, k), the voxels' type with its byte order, and how they are packed:
    "" (plain), "gzip" or "zlib"."""

    size: tuple[int, int, int]
    kind: np.dtype[Any]
    packing: str


def read_meta_header(file: BinaryIO, path: Path) -> StoredVoxels:
    """Return what a MetaImage holds; `file` then stands at its first voxel byte.

    Raises
    ------
    UnreadableImage : not one 3D volume of real numbers with a spacing, or voxels elsewhere.
    """
    fields = _fields(file, path, "=", last="ElementDataFile")
    if fields.get("ElementDataFile", "").upper() != "LOCAL":
        raise refused(path, "its voxels are in another file", "Save it as one .mha file.")
    if fields.get("ElementNumberOfChannels", "1") != "1":
        raise refused(path, "it has several values per voxel (colour or vector)")
    _check_lengths(path, fields.get("ElementSpacing", fields.get("ElementSize", "")).split())
    if fields.get("HeaderSize", "0") not in ("0", "-1"):
        raise refused(path, "its voxels do not follow its header")
    code = _known(path, _META_TYPES, fields.get("ElementType", ""))
    msb = fields.get("BinaryDataByteOrderMSB", fields.get("ElementByteOrderMSB", "False"))
    packing = "zlib" if fields.get("CompressedData", "False").lower() == "true" else ""
    return StoredVoxels(
        _size(path, fields.get("NDims", ""), fields.get("DimSize", "")),
        np.dtype((">" if msb.lower() == "true" else "<") + code),
        packing,
    )


def read_nrrd_header(file: BinaryIO, path: Path) -> StoredVoxels:
    """Return what an NRRD file holds; `file` then stands at its first voxel byte.

    Raises
    ------
    UnreadableImage : not one 3D volume of real numbers placed in a patient's space.
    """
    fields = _fields(file, path, ":", last="")
    if "data file" in fields or "datafile" in fields:
        raise refused(path, "its voxels are in another file", "Save it as one .nrrd file.")
    if any(fields.get(name, "0") != "0" for name in ("byte skip", "line skip")):
        raise refused(path, "its voxels do not follow its header")
    code = _known(path, _NRRD_TYPES, fields.get("type", ""))
    packings = {"raw": "", "gzip": "gzip", "gz": "gzip"}
    encoding = fields.get("encoding", "")
    if encoding not in packings:
        raise refused(path, f"its encoding is {encoding or 'missing'}, not raw or gzip")
    size = _size(path, fields.get("dimension", ""), fields.get("sizes", ""))
    if "space" not in fields or "space directions" not in fields:
        raise refused(path, "it does not say which way its axes run (space directions)")
    axes = fields["space directions"].replace("none", "").strip(" ()").split(")")
    lengths = [_length(axis.strip(" (")) for axis in axes]
    _check_lengths(path, [f"{length:g}" for length in lengths])
    order = ">" if fields.get("endian", "little") == "big" else "<"
    return StoredVoxels(size, np.dtype(order + code), packings[encoding])


def _fields(file: BinaryIO, path: Path, separator: str, last: str) -> dict[str, str]:
    """Return the `key separator value` lines up to the key `last` or an empty line."""
    fields: dict[str, str] = {}
    while file.tell() < _LONGEST_HEADER:
        line = file.readline(_LONGEST_HEADER)
        if not line:
            raise refused(path, "its header does not end")
        text = line.decode("utf-8", "replace").strip()
        if not text and not last:
            return fields
        key, found, value = text.partition(separator)
        if found and not text.startswith("#"):
            fields[key.strip()] = value.strip()
        if last and key.strip() == last:
            return fields
    raise refused(path, "its header does not end")


def _length(vector: str) -> float:
    """Return the length of a vector written as "x,y,z"; NaN where it is not one."""
    try:
        return float(np.linalg.norm([float(value) for value in vector.split(",")]))
    except ValueError:
        return float("nan")


def _check_lengths(path: Path, shown: list[str]) -> None:
    """SimpleITK makes a spacing of 1 mm out of none, 0 and NaN: nothing may stand for it."""
    try:
        good = len(shown) >= 3 and all(1e-3 <= float(value) < 1000 for value in shown[:3])
    except ValueError:
        good = False
    if not good:
        raise refused(path, f"its header gives the spacing {'×'.join(shown) or '(none)'} mm")


def _known(path: Path, types: dict[str, str], name: str) -> str:
    if name not in types:
        raise refused(path, f"its voxels are {name or 'of no type'}, not real numbers")
    return types[name]


def _size(path: Path, dimension: str, sizes: str) -> tuple[int, int, int]:
    try:
        count, numbers = int(dimension), [int(n) for n in sizes.split()]
    except ValueError as error:
        raise refused(path, f"its header gives the dimensions {sizes!r}") from error
    if count != len(numbers) or not 3 <= count <= 4 or (count == 4 and numbers[3] != 1):
        shown = "×".join(str(n) for n in numbers)
        raise refused(
            path,
            f"it has {count} dimensions ({shown}), not 3",
            "Split it and choose the volume of one phase.",
        )
    return (numbers[0], numbers[1], numbers[2])
