"""The size that a JPEG, JPEG-LS or JPEG 2000 picture gives itself, and the pixels in an RLE one.

Markers: ITU-T T.81 table B.1 (JPEG), T.87 C.1.1 (JPEG-LS), T.800 A.5.1 (JPEG 2000); RLE: DICOM
PS3.5 annex G.
"""

from __future__ import annotations

import struct

_RLE_TABLE = 64
_JPEG, _JPEG_2000 = b"\xff\xd8\xff", b"\xff\x4f\xff\x51"
# Start of frame: baseline to lossless, all but the tables C4 and CC, and JPEG-LS.
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC})


def picture_size(start: bytes) -> tuple[int, int] | None:
    """Return (columns, rows) from the first bytes of a compressed picture; None where they
    begin none that is known, or do not reach as far."""
    try:
        if start.startswith(_JPEG_2000):
            right, bottom, left, top = struct.unpack_from(">4I", start, 8)
            return right - left, bottom - top
        if start.startswith(_JPEG):
            return _of_frame(start)
    except (struct.error, IndexError):
        return None
    return None


def _of_frame(start: bytes) -> tuple[int, int] | None:
    place = 2
    while start[place] == 0xFF:
        if start[place + 1] in _FRAMES:
            rows, columns = struct.unpack_from(">2H", start, place + 5)
            return columns, rows
        place += 2 + int(struct.unpack_from(">H", start, place + 2)[0])
    return None


def run_length_pixels(fragment: bytes) -> int | None:
    """Return how many pixels the first byte plane of an RLE picture holds; None where its
    table of planes makes no sense. RLE says nothing of rows and columns."""
    if len(fragment) < _RLE_TABLE:
        return None
    planes, begin, second = struct.unpack_from("<3I", fragment)
    end = second if planes > 1 else len(fragment)
    if not 1 <= planes < _RLE_TABLE // 4 or not _RLE_TABLE <= begin <= end <= len(fragment):
        return None
    place, pixels = begin, 0
    while place < end:
        run = fragment[place]
        if run < 128:
            pixels += min(run + 1, end - place - 1)
            place += run + 2
        else:
            # 128 stands for nothing; the byte after any other number is repeated.
            pixels += 257 - run if run > 128 and place + 1 < end else 0
            place += 1 if run == 128 else 2
    return pixels
