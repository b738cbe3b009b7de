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


# The spaces of NRRD that say where a patient's left, back and head are.
_PATIENT_SPACES = (
    "lps",
    "ras",
    "las",
    *(f"{side}-superior" for side in ("left-posterior", "right-anterior", "left-anterior")),
)
_SKIPS = ("byte skip", "byteskip", "line skip", "lineskip")
_NO_ORIGIN = "its header gives no origin: its first voxel is taken to lie at 0, 0, 0 mm"


@dataclass(frozen=True)
class StoredVoxels:
    """Size (i, j, k), the voxels' type with its byte order, how they are packed: "" (plain),
    "gzip" or "zlib", and what is odd about the header."""

    size: tuple[int, int, int]
    kind: np.dtype[Any]
    packing: str
    notes: tuple[str, ...] = ()


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
    _check_meaning(path, fields)
    if fields.get("HeaderSize", "0") not in ("0", "-1"):
        raise refused(path, "its voxels do not follow its header")
    code = _known(path, _META_TYPES, fields.get("ElementType", ""))
    msb = fields.get("BinaryDataByteOrderMSB", fields.get("ElementByteOrderMSB", "False"))
    return StoredVoxels(
        _size(path, fields.get("NDims", ""), fields.get("DimSize", "")),
        np.dtype((">" if _is_true(msb) else "<") + code),
        "zlib" if _is_true(fields.get("CompressedData", "False")) else "",
        _meta_place(path, fields),
    )


def _check_meaning(path: Path, fields: dict[str, str]) -> None:
    """Refuse what readers of MetaImage pass over: values as text, scaled values, centimetres."""
    if not _is_true(fields.get("BinaryData", "True")):
        raise refused(path, "its voxels are written as text", "Save it with binary data.")
    scale = [
        fields.get(f"ElementToIntensityFunction{part}", usual).split()
        for part, usual in (("Slope", "1"), ("Offset", "0"))
    ]
    if not (_are_numbers(scale[0], 1) and _are_numbers(scale[1], 0)):
        shown = " and ".join(" ".join(part) for part in scale)
        raise refused(path, f"its header scales the voxels by {shown}, which readers pass over")
    if (unit := fields.get("DistanceUnits", "mm")) not in ("mm", "?", ""):
        raise refused(path, f"its header gives lengths in {unit}, not mm", "Convert it to mm.")


def _meta_place(path: Path, fields: dict[str, str]) -> tuple[str, ...]:
    """Return notes on the place; SimpleITK reads no direction as upright, NaN as 0 mm."""
    turned = [
        fields[name] for name in ("TransformMatrix", "Rotation", "Orientation") if name in fields
    ]
    if not turned:
        raise refused(path, "it does not say which way its axes run (TransformMatrix)")
    places = [fields[name] for name in ("Offset", "Position", "Origin") if name in fields]
    for numbers in (*turned, *places):
        if not _are_numbers(numbers.split()):
            raise refused(path, f"its header gives the place or direction {numbers!r}")
    return () if places else (_NO_ORIGIN,)


def _is_true(word: str) -> bool:
    return word[:1] in ("T", "t", "1")


def _are_numbers(words: list[str], wanted: float | None = None) -> bool:
    """Return whether all words are finite numbers, and `wanted` each where it is given."""
    try:
        values = [float(word) for word in words]
    except ValueError:
        return False
    return bool(np.all(np.isfinite(values))) and all(wanted in (None, v) for v in values)


def read_nrrd_header(file: BinaryIO, path: Path) -> StoredVoxels:
    """Return what an NRRD file holds; `file` then stands at its first voxel byte.

    Raises
    ------
    UnreadableImage : not one 3D volume of real numbers placed in a patient's space.
    """
    fields = _fields(file, path, ":", last="")
    if "data file" in fields or "datafile" in fields:
        raise refused(path, "its voxels are in another file", "Save it as one .nrrd file.")
    if any(fields.get(name, "0") != "0" for name in _SKIPS):
        raise refused(path, "its voxels do not follow its header")
    code = _known(path, _NRRD_TYPES, fields.get("type", "").lower())
    packings = {"raw": "", "gzip": "gzip", "gz": "gzip"}
    encoding = fields.get("encoding", "").lower()
    if encoding not in packings:
        raise refused(path, f"its encoding is {encoding or 'missing'}, not raw or gzip")
    size = _size(path, fields.get("dimension", ""), fields.get("sizes", ""))
    if "space" not in fields or "space directions" not in fields:
        raise refused(path, "it does not say which way its axes run (space directions)")
    notes = _nrrd_place(path, fields)
    axes = fields["space directions"].replace("none", "").strip(" ()").split(")")
    lengths = [_length(axis.strip(" (")) for axis in axes]
    _check_lengths(path, [f"{length:g}" for length in lengths])
    order = ">" if fields.get("endian", "little").lower() == "big" else "<"
    return StoredVoxels(size, np.dtype(order + code), packings[encoding], notes)


def _nrrd_place(path: Path, fields: dict[str, str]) -> tuple[str, ...]:
    """Return notes on the place; SimpleITK takes any space for left-posterior-superior and any
    unit for mm."""
    space = fields["space"].lower()
    if space not in _PATIENT_SPACES:
        reason = f"its space is {space}, which does not say where the patient's left is"
        raise refused(path, reason, "Save it in left-posterior-superior.")
    units = set(fields.get("space units", "mm").replace('"', " ").split())
    if units - {"mm", "millimeter", "millimeters", "millimetre", "millimetres"}:
        shown = " and ".join(sorted(units))
        raise refused(path, f"its header gives lengths in {shown}, not mm", "Convert it to mm.")
    origin = fields.get("space origin", "").strip("() ")
    if origin and not _are_numbers(origin.split(",")):
        raise refused(path, f"its header gives the origin {origin!r}")
    return () if origin else (_NO_ORIGIN,)


def _fields(file: BinaryIO, path: Path, separator: str, last: str) -> dict[str, str]:
    """Return the `key separator value` lines up to the key `last` or an empty line.

    NRRD's keys are the same in upper and lower case, and its `key:=value` lines are remarks.
    """
    fields: dict[str, str] = {}
    while file.tell() < _LONGEST_HEADER:
        line = file.readline(_LONGEST_HEADER)
        if not line:
            raise refused(path, "its header does not end")
        text = line.decode("utf-8", "replace").strip()
        if not text and not last:
            return fields
        key, found, value = text.partition(separator)
        if found and not text.startswith("#") and not (separator == ":" and value[:1] == "="):
            fields[key.strip() if last else key.strip().lower()] = value.strip()
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
