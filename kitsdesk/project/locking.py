"""One writer per project: a lock that the system releases when its process dies."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import IO, Any

from kitsdesk.project.store import now

LOCK_NAME = "project.lock"


class ProjectLock:
    """The right to write into a project folder.

    The lock is the operating system's lock on a file, so a crash frees it. The file also says
    who holds it (process, computer, since when), for the message to the second person.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        """Return whether this object holds the lock."""
        return self._file is not None

    def acquire(self) -> bool:
        """Try to take the lock without waiting; False where somebody else has it."""
        try:
            file = self._path.open("a+", encoding="utf-8")
        except OSError:
            return False
        if not _lock(file):
            file.close()
            return False
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": now()}, file)
        file.flush()
        self._file = file
        return True

    def holder(self) -> str:
        """Return who holds the lock, in words ("" where unknown)."""
        try:
            record: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return f"process {record.get('pid')} on {record.get('host')} since {record.get('since')}"

    def release(self) -> None:
        """Give the lock back; harmless where it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        # The locked byte lies far behind the text, so that others can still read who holds it.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
