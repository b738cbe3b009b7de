"""Whether a DICOM file holds all the pixels that its header promises.

GDCM drops a cut file from a series without a word, and OpenJPEG decodes half a picture.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless

from trainer.imaging.image_memory import LONGEST_AXIS
from trainer.imaging.picture_size import picture_size, run_length_pixels

_PIXEL_TAGS = {(0x7FE0, 0x0010), (0x7FE0, 0x0008), (0x7FE0, 0x0009)}
_PIXEL_DESCRIPTION = (
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "SamplesPerPixel",
    "PhotometricInterpretation",
)
_ITEM, _END = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_UNDEFINED = 0xFFFFFFFF
_MOST_INFLATED = 256_000_000
_LONGEST_PICTURE_HEADER = 1 << 16


class BoundedFile(io.BufferedReader):
    """A file that is never asked for more than it has: a header that gives an element 2 GB
    would have them allocated before the end is met."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._length = path.stat().st_size

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes, all that is left where it is negative or None."""
        left = max(self._length - self.tell(), 0)
        return super().read(left if size is None or size < 0 else min(size, left))


def expands_too_far(path: Path) -> bool:
    """Return whether a deflated file holds more than 256 MB: pydicom inflates it unasked."""
    if path.stat().st_size * 1040 < _MOST_INFLATED:
        return False
    meta = pydicom.filereader.read_file_meta_info(path)
    if meta.TransferSyntaxUID != DeflatedExplicitVRLittleEndian:
        return False
    stream, held = zlib.decompressobj(-15), 0
    with path.open("rb") as file:
        file.seek(144 + meta.FileMetaInformationGroupLength)
        data = file.read(1 << 20)
        while data and held <= _MOST_INFLATED and not stream.eof:
            held += len(stream.decompress(data, 1 << 24))
            data = stream.unconsumed_tail or file.read(1 << 20)
    return held > _MOST_INFLATED


def pixel_fault(file: BinaryIO, path: Path, header: pydicom.Dataset) -> str:
    """Return "" or what is wrong ("is cut after 40 % of its pixels").

    Parameters
    ----------
    file : stands where reading the header stopped, at the pixel data's tag.
    """
    syntax = header.file_meta.TransferSyntaxUID
    if syntax == DeflatedExplicitVRLittleEndian:
        return _deflated_fault(path, header)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    end = path.stat().st_size
    head = file.read(8 if syntax.is_implicit_VR else 12)
    if len(head) < 8 or struct.unpack(order + "2H", head[:4]) not in _PIXEL_TAGS:
        return "has no pixels"
    (length,) = struct.unpack(order + "I", head[-4:])
    if (length == _UNDEFINED) != syntax.is_encapsulated:
        said, are = ("", " not") if syntax.is_encapsulated else ("not ", "")
        return f"says that its pixels are {said}compressed, but they are{are}"
    if length == _UNDEFINED:
        size = (int(header.Columns), int(header.Rows))
        return _fragments_fault(file, end, size, runs=syntax == RLELossless)
    return _amount_fault(header, min(length, end - file.tell()))


def _amount_fault(header: pydicom.Dataset, found: int) -> str:
    """Return what is wrong with the bytes of pixels found; less than a row more is padding."""
    needed = _bytes_needed(header)
    if found < needed:
        return f"is cut after {100 * found / max(needed, 1):.0f} % of its pixels"
    if found >= needed + needed // int(header.Rows):
        return f"holds more pixels than its header says ({header.Columns}×{header.Rows})"
    return ""


def description_fault(header: pydicom.Dataset) -> str:
    """Return "" or what the header does not say, or says against itself, about its pixels:
    decoders fill in what is missing, each in its own way."""
    missing = [name for name in _PIXEL_DESCRIPTION if header.get(name) in (None, "")]
    if missing:
        return f"does not say how its pixels are stored ({missing[0]} is missing)"
    allocated, stored, high = header.BitsAllocated, header.BitsStored, header.HighBit
    if allocated not in (8, 16, 32) or not 1 <= stored <= allocated or high != stored - 1:
        return f"stores its pixels in {stored} of {allocated} bits, the highest being {high}"
    if header.PixelRepresentation not in (0, 1):
        return f"has the pixel representation {header.PixelRepresentation}"
    if max(header.Rows, header.Columns) > LONGEST_AXIS or min(header.Rows, header.Columns) < 1:
        return f"has {header.Columns}×{header.Rows} pixels"
    return ""


def _bytes_needed(header: pydicom.Dataset) -> int:
    bits = int(header.get("BitsAllocated") or 16)
    samples = int(header.get("SamplesPerPixel") or 1)
    frames = int(header.get("NumberOfFrames") or 1)
    return int(header.Rows) * int(header.Columns) * samples * frames * bits // 8


def _deflated_fault(path: Path, header: pydicom.Dataset) -> str:
    try:
        pixels = pydicom.dcmread(path).get("PixelData") or b""
    except Exception:  # noqa: BLE001 (zlib.error and whatever half a data set raises)
        return "is cut or damaged"
    return _amount_fault(header, len(pixels))


def _fragments_fault(file: BinaryIO, end: int, size: tuple[int, int], *, runs: bool) -> str:
    """Walk the compressed fragments from item to item up to their end mark; none may begin a
    picture of another size (columns, rows), which decoders cut or allocate unasked."""
    start, first = file.tell(), True
    while True:
        head = file.read(8)
        if len(head) == 8 and struct.unpack("<2H", head[:4]) == _END:
            return ""
        length = struct.unpack("<I", head[4:])[0] if len(head) == 8 else 0
        if len(head) < 8 or file.tell() + length > end:
            return f"is cut: its compressed pixels end after {(end - start) / 1e3:.1f} kB"
        if struct.unpack("<2H", head[:4]) != _ITEM:
            return "has damaged compressed pixels"
        start_of_next = file.tell() + length
        fragment = file.read(length if runs else min(length, _LONGEST_PICTURE_HEADER))
        # The first item is the table of offsets. An RLE frame is one fragment (PS3.5 A.4.2).
        fault = _runs_fault(fragment, size) if runs and not first else _size_fault(fragment, size)
        if fault:
            return fault
        first = False
        file.seek(start_of_next)


def _size_fault(fragment: bytes, size: tuple[int, int]) -> str:
    found = picture_size(fragment)
    if found is None or found == size:
        return ""
    shown = ["×".join(map(str, each)) for each in (found, size)]
    return f"has a compressed picture of {shown[0]}, its header says {shown[1]}"


def _runs_fault(fragment: bytes, size: tuple[int, int]) -> str:
    found, (columns, rows) = run_length_pixels(fragment), size
    if found is None:
        return "has damaged compressed pixels"
    if found < columns * rows:
        return f"is cut after {100 * found / (columns * rows):.0f} % of its pixels"
    if found >= columns * (rows + 1):
        return f"holds more pixels than its header says ({columns}×{rows})"
    return ""
