"""One process at a time: a lock that the system takes back from a process that dies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_EVERY_S = 0.1


@contextmanager
def file_turn(path: Path, patience_s: float) -> Iterator[bool]:
    """Hold the lock of the file `path` (made where missing) during the block.

    Yields
    ------
    Whether it is held; False after `patience_s` seconds of waiting, or where the folder's
    file system has no locks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        end = time.monotonic() + patience_s
        try:
            held = _try(file.fileno())
            while not held and time.monotonic() < end:
                time.sleep(_LOOK_EVERY_S)
                held = _try(file.fileno())
        except OSError:
            held = False
        # Closing the file gives the lock back.
        yield held


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
