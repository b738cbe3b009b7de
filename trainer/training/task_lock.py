"""One process per task: a lock file that a dead process does not keep."""

from __future__ import annotations

import json
import math
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import FileNotWritten

LOCK_NAME = "lock.json"
# On another computer only the age of status.json's heartbeat tells whether a task lives.
_SILENT_S = 600.0
# A lock file that says nothing yet is being written, unless a kill left it so.
_BEING_WRITTEN_S = 5.0


class TaskBusy(KitsDeskError):
    """Another process works on this task."""


@contextmanager
def task_lock(folder: Path) -> Iterator[None]:
    """Hold the task in `folder` while the block runs.

    Raises
    ------
    TaskBusy : a living process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / LOCK_NAME
    if lock.exists() and not is_abandoned(lock):
        raise TaskBusy(
            f"Another process is working on {folder.name}.",
            kept="It goes on.",
            advice="Wait for it, or cancel the run first.",
        )
    lock.unlink(missing_ok=True)
    try:
        take_lock(lock)
    except FileExistsError:
        raise TaskBusy(f"Another process has just begun {folder.name}.") from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def take_lock(lock: Path) -> None:
    """Write the lock file, with who holds it; raises FileExistsError where it is there."""
    own = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
    file = lock.open("x", encoding="utf-8")
    try:
        with file:
            file.write(own)
    except OSError as error:
        lock.unlink(missing_ok=True)
        raise FileNotWritten(lock, error) from error


def is_abandoned(lock: Path) -> bool:
    """Return whether the process that wrote the lock file is dead (on another computer: has
    long been silent)."""
    try:
        holder = json.loads(lock.read_text(encoding="utf-8"))
        pid, host = int(holder["pid"]), str(holder["host"])
    except FileNotFoundError:
        return True
    except (ValueError, KeyError):
        return _age(lock) > _BEING_WRITTEN_S
    if host == socket.gethostname() and sys.platform != "win32":
        return pid == os.getpid() or not _is_alive(pid)
    status = lock.with_name("status.json")
    return min(_age(path) for path in (lock, status)) > _SILENT_S


def _age(path: Path) -> float:
    """Return how many seconds ago a file was written, infinity where it is not there."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
