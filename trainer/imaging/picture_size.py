"""The size that a JPEG, JPEG-LS or JPEG 2000 picture gives itself.

Markers: ITU-T T.81 table B.1 (JPEG), T.87 C.1.1 (JPEG-LS), T.800 A.5.1 (JPEG 2000).
"""

from __future__ import annotations

import struct

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
