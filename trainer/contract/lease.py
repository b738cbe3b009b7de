"""Leases: files that one living process holds and that death gives back at once."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from trainer.contract.errors import KitsDeskError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class LeaseTaken(KitsDeskError):
    """Another living process holds the lease."""


_PATIENCE_S = 0.5


@contextmanager
def lease(path: Path, what: str) -> Iterator[None]:
    """Hold the lease `path` while the block runs; the operating system ends it with the
    process, however that ends. The file stays and names its last holder.

    Parameters
    ----------
    what : what is leased, for the message ("This run").

    Raises
    ------
    LeaseTaken : another process holds it; its number is named.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _lock_patiently(file):
            raise LeaseTaken(
                f"{what} is already in the hands of process {_holder(path)}.",
                kept="It goes on undisturbed.",
            )
        note_holder(file)
        yield


def take_lease(path: Path) -> IO[str] | None:
    """Return the open file that is the lease, None where another process holds it.

    The lease lasts until the file is closed here and, where a child process inherited its
    number (`pass_fds`), until that has ended too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    if _lock(file):
        return file
    file.close()
    return None


def note_holder(file: IO[str], pid: int | None = None, **facts: Any) -> None:
    """Write who holds the lease `file`: this process, or `pid`, and `facts` about it."""
    file.truncate(0)
    own = {"pid": pid or os.getpid(), "host": socket.gethostname(), "since": time.time()}
    file.write(json.dumps(own | facts))
    file.flush()


def is_held(path: Path) -> bool:
    """Return whether a living process holds the lease `path` now."""
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        return not _lock(file)


def _lock_patiently(file: IO[str]) -> bool:
    """Try for a moment: whoever only asks `is_held` holds it for an instant too."""
    end = time.monotonic() + _PATIENCE_S
    while not _lock(file):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _holder(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return "unknown"


def _lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            # Far behind the text, which Windows would otherwise not let others read.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
