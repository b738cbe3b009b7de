"""One process per task: a lock file that a dead process does not keep."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract.errors import KitsDeskError

LOCK_NAME = "lock.json"
# On another computer only the age of status.json's heartbeat tells whether a task lives.
_SILENT_S = 600.0


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
    if lock.exists() and not _is_dead(lock):
        raise TaskBusy(
            f"Another process is working on {folder.name}.",
            kept="It goes on.",
            advice="Wait for it, or cancel the run first.",
        )
    lock.unlink(missing_ok=True)
    own = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
    try:
        with lock.open("x", encoding="utf-8") as file:
            file.write(own)
    except FileExistsError:
        raise TaskBusy(f"Another process has just begun {folder.name}.") from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _is_dead(lock: Path) -> bool:
    try:
        holder = json.loads(lock.read_text(encoding="utf-8"))
        pid, host = int(holder["pid"]), str(holder["host"])
    except (OSError, ValueError, KeyError):
        return True
    if host == socket.gethostname() and sys.platform != "win32":
        return pid == os.getpid() or not _is_alive(pid)
    status = lock.with_name("status.json")
    newest = max(path.stat().st_mtime for path in (lock, status) if path.exists())
    return time.time() - newest > _SILENT_S


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
