"""How large a volume may be here: what a header asks for is judged before it is allocated."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from trainer.imaging.image_errors import refused

LONGEST_AXIS = 4096
MOST_VOXELS = 2_000_000_000
# zlib's own bound: a stream never expands more than 1032 times.
_HIGHEST_RATIO = 1040
_MEMINFO = Path("/proc/meminfo")


def require_honest_size(
    path: Path, size: tuple[int, ...], voxel_bytes: int, stored: int, compressed: bool
) -> int:
    """Return the bytes of a volume's voxels, known to be possible before any is read.

    Parameters
    ----------
    size : voxels along each axis, as the header gives them.
    stored : bytes in the file behind its header.

    Raises
    ------
    UnreadableImage : no such volume, more than half of the free memory, or more than the
        file can hold.
    """
    shown = "×".join(str(n) for n in size)
    if any(not 1 <= n <= LONGEST_AXIS for n in size):
        raise refused(path, f"its header gives the dimensions {shown}")
    voxels = 1
    for n in size:
        voxels *= n
    needed = voxels * voxel_bytes
    if voxels > MOST_VOXELS:
        raise refused(path, f"its header asks for {shown} voxels, {needed / 1e9:.1f} GB")
    if needed > stored * (_HIGHEST_RATIO if compressed else 1):
        share = "" if compressed else f" after {100 * stored / needed:.0f} % of its voxels"
        raise refused(
            path, f"it is cut{share}: its header asks for {needed} bytes, the file has {stored}"
        )
    if needed > free_memory() // 2:
        raise refused(
            path,
            f"its header asks for {needed / 1e9:.1f} GB of voxels, more than half of the memory",
            "Close other programs or use a computer with more memory.",
        )
    return needed


def free_memory() -> int:
    """Return the bytes of memory a program may still take, by the system's own estimate."""
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows_free_memory()
    return int(os.sysconf("SC_PHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE")) // 2


def _windows_free_memory() -> int:
    import ctypes

    # MEMORYSTATUSEX: two 32-bit words, then seven 64-bit ones, free memory the second.
    status = (ctypes.c_uint64 * 8)()
    status[0] = ctypes.sizeof(status)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009
    library.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status[2])
