"""A real process that stands still at a named point of its work, to be looked at and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract.fault_points import STOP_AT

ROOT = Path(__file__).resolve().parents[2]


class Ended(AssertionError):
    """The process came to its end and never to the point."""


@contextmanager
def stopped_at(point: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start Python with `arguments` and give it as soon as it stands at `point` (see
    `trainer.contract.fault_points`); what is left of it at the end of the block is killed."""
    environment = {**os.environ, STOP_AT: point, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
            said = process.stdout.read() if process.stdout else ""
            raise Ended(f"{point} was not reached (code {process.returncode}): {said[-2000:]}")
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            process.communicate()


def kill_9(process: subprocess.Popen[str]) -> None:
    """Kill a process that stands still, and see that this is how it ended."""
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def go_on(process: subprocess.Popen[str]) -> str:
    """Let a process that stands still go on to its end; return what it printed."""
    process.send_signal(signal.SIGCONT)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0, said
    return said
