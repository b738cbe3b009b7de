"""Processes of runs: started on their own, found again by number, ended with children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from trainer.contract.programs import trainer_environment, trainer_program


def start_trainer(
    arguments: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
    inherited: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `kitsdesk-trainer ARGUMENTS` in a session of its own.

    It outlives this process and its terminal; what it prints is appended to `log`. The
    open files with the numbers `inherited` stay open in it (not on Windows).
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*trainer_program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=trainer_environment() | dict(environment or {}),
            pass_fds=() if sys.platform == "win32" else tuple(inherited),
        )


def birth(pid: int) -> str:
    """Return a word that differs between two processes that had one number, "" if unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    # The name in parentheses may hold spaces; the start time is the 20th field behind it.
    return text.rpartition(")")[2].split()[19]


def is_alive(pid: int, born: str = "") -> bool:
    """Return whether process `pid` runs (a zombie does not) and, where `born` is known, is
    still the one that was born then."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    zombie = text.rpartition(")")[2].split()[0] in ("Z", "X")
    return not zombie and (not born or birth(pid) == born)


def end_group(pid: int, *, force: bool) -> None:
    """Ask process `pid` and its children to end, or end them at once with `force`.

    The process must have been started by `start_trainer`, which gives it a group.
    """
    if sys.platform == "win32":
        flags = ["/F"] if force else []
        subprocess.run(["taskkill", "/T", *flags, "/PID", str(pid)], check=False)
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL if force else signal.SIGTERM)


def _is_alive_on_windows(pid: int) -> bool:
    listed = subprocess.run(
        ["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True, text=True, check=False
    )
    return str(pid) in listed.stdout
