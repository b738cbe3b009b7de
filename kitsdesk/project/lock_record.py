"""Who holds a project's lock: a record that can tell a live process from a dead one."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kitsdesk.project.store import now

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_START_TIME_FIELD = 22  # of /proc/PID/stat: ticks after the boot, see proc(5)


@dataclass(frozen=True)
class LockRecord:
    """The holder. `born` and `boot` (start of the process, id of the computer's running
    system) are "" where the system does not tell; a recycled process id differs in `born`."""

    user: str
    host: str
    pid: int
    born: str
    boot: str
    since: str
    token: str

    def words(self) -> str:
        """Return who holds the lock, where and since when."""
        return f"{self.user} on {self.host} since {clock_words(self.since)}, process {self.pid}"

    def is_of_this_boot(self) -> bool:
        """Return whether the holder ran on this computer since it was started."""
        return self.host == socket.gethostname() and self.boot == boot_id()

    def is_alive(self) -> bool:
        """Return whether the holder's process still runs here; true where nobody can tell."""
        if not self.born:
            return True
        return self.is_of_this_boot() and birth_of(self.pid) == self.born


def own_record() -> LockRecord:
    """Return the record of this process."""
    pid = os.getpid()
    token = secrets.token_hex(8)
    return LockRecord(
        user_name(), socket.gethostname(), pid, birth_of(pid), boot_id(), now(), token
    )


def record_to_text(record: LockRecord) -> str:
    """Return the record as it lies in the lock's file."""
    return json.dumps(asdict(record))


def record_from_text(text: str) -> LockRecord | None:
    """Return the record of a lock's file, None for an empty or strange one."""
    try:
        found = json.loads(text)
        return LockRecord(
            user=str(found.get("user", "somebody")),
            host=str(found["host"]),
            pid=int(found["pid"]),
            born=str(found.get("born", "")),
            boot=str(found.get("boot", "")),
            since=str(found["since"]),
            token=str(found.get("token", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def birth_of(pid: int) -> str:
    """Return when a process was started, in a form that only compares; "" where unknown."""
    try:
        # The name in brackets may hold blanks and brackets of its own.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    behind = _START_TIME_FIELD - 3
    return fields[behind] if len(fields) > behind else ""


def boot_id() -> str:
    """Return what names this run of the operating system, "" where it does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def user_name() -> str:
    """Return the name of the person at this computer, "unknown" where it cannot be found."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def clock_words(moment: str | float) -> str:
    """Return a moment (ISO 8601, or seconds since 1970) in local time: "14:03", or
    "14:03 on 21 November" where it was not today."""
    if isinstance(moment, str):
        try:
            local = datetime.fromisoformat(moment).astimezone()
        except ValueError:
            return moment
    else:
        local = datetime.fromtimestamp(moment).astimezone()
    today = datetime.now().astimezone().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%H:%M} on {local.day} {local:%B}{year}"
