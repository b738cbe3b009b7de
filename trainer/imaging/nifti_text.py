"""Whether a NIfTI file carries words of its own: a name may stand in them.

Field offsets: nifti1.h and nifti2.h of the NIfTI Data Format Working Group. An extension may
hold whole DICOM headers (ecode 2).
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

# By the length of the header: its free fields (begin, bytes).
_FREE = {
    348: ((4, 10), (14, 18), (148, 80), (228, 24), (328, 16)),
    540: ((240, 80), (320, 24), (508, 16)),
}
_EXTENSION_FLAG = 4


def carries_text(path: Path) -> bool:
    """Return whether the header of a .nii or .nii.gz holds words or extensions; True where it
    cannot be read, since then nobody knows.

    Raises
    ------
    OSError : the file cannot be opened.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            start = file.read(max(_FREE) + _EXTENSION_FLAG)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return True
    if len(start) < 4:
        return True
    lengths = {struct.unpack_from(order, start)[0] for order in ("<i", ">i")}
    length = next(iter(lengths & _FREE.keys()), 0)
    flag = start[length : length + _EXTENSION_FLAG]
    if not length or len(flag) < _EXTENSION_FLAG:
        return True
    free = (start[begin : begin + size] for begin, size in _FREE[length])
    return any(field.strip(b"\0 ") for field in free) or flag[0] != 0
