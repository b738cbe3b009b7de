"""Memory that a library maps from a file and does not need any more."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_MADV_DONTNEED = 4
_MAPS = Path("/proc/self/maps")


def forget_mapped(path: Path) -> None:
    """Take the pages of `path` that this process maps for reading out of its memory.

    They stay valid: a page that is read again comes from the file. A full-size network's are
    248 MB. Only Linux tells a process what it maps; elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux") or not _MAPS.exists():
        return
    library = ctypes.CDLL(None, use_errno=True)
    library.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    wanted = str(path.resolve())
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = line.split(maxsplit=5)
        # Only what nobody can have written to is the same in the file.
        if len(parts) == 6 and parts[5] == wanted and parts[1].startswith("r--"):
            start, end = (int(bound, 16) for bound in parts[0].split("-"))
            library.madvise(start, end - start, _MADV_DONTNEED)
