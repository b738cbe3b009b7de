"""How training is stopped or paused: files in the run's folder or the task's, or a signal.

CANCEL, SIGTERM, SIGINT   checkpoint, leave with exit code 3: somebody wants it to end
PAUSE                     checkpoint, wait until the file is gone; with KITSDESK_LEAVE_TO_PAUSE=1,
                          which a queue of ours sets, leave with 75: the place is for others
SIGUSR1                   checkpoint, leave with exit code 75: the machine's time is up

75 is sysexits.h's EX_TEMPFAIL, "try again later". Slurm sends the signal before a job's time
limit (`--signal=B:USR1@300`); the job's script hands it on and, on 75 alone, calls `scontrol
requeue $SLURM_JOB_ID`. A job that failed or was cancelled is thus never put back in line.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Literal

from trainer.contract.errors import Cancelled
from trainer.contract.run_folder import asked_to_cancel, asked_to_pause

Request = Literal["cancel", "pause"]
LEAVE_TO_PAUSE = "KITSDESK_LEAVE_TO_PAUSE"
_LOOK_EVERY_S = 0.5


class TimeUp(Cancelled):
    """The machine's time is up; the task goes on when it is started again."""

    exit_code = 75

    def __init__(self, kept: str = "Nothing was written.") -> None:
        super().__init__(kept)
        self.happened = "The time on this machine is up."
        self.advice = "Start it again with --resume."


class Paused(TimeUp):
    """A person asked the task to wait, and its place is wanted meanwhile."""

    def __init__(self, kept: str = "Nothing was written.") -> None:
        super().__init__(kept)
        self.happened = "Paused; its place is free for others."
        self.advice = "Resume the run."


class Interruption:
    """Says between two steps whether to go on. Looks at the files twice a second."""

    def __init__(self, run: Path | None, key: str = "") -> None:
        self._run, self._key = run, key
        self._looked = 0.0
        self._found: Request | None = None
        self._terminated = False
        self._time_up = False
        self._leaves = os.environ.get(LEAVE_TO_PAUSE) == "1"
        self._leaving = False

    def terminate(self) -> None:
        """Note that the process was asked to end."""
        self._terminated = True

    def note_time_up(self) -> None:
        """Note that the machine will soon end the process."""
        self._time_up = True

    def requested(self) -> Request | None:
        """Return what is asked for now; cancelling wins over pausing."""
        if self._terminated or self._time_up or self._leaving:
            return "cancel"
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            self._found = self._read()
            if self._found == "pause" and self._leaves:
                self._leaving, self._found = True, "cancel"
        return self._found

    def wait_while_paused(self) -> None:
        """Return as soon as nothing asks to pause any more, or to cancel."""
        while self.requested() == "pause":
            time.sleep(_LOOK_EVERY_S)

    def sleep(self, seconds: float, kept: str) -> None:
        """Wait, and raise Cancelled, saying what was kept, where cancelling is asked for."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.raise_if_cancelled(kept)
            time.sleep(min(left, _LOOK_EVERY_S))

    def raise_if_cancelled(self, kept: str) -> None:
        """Raise Cancelled or TimeUp, saying what was kept, where cancelling is asked for."""
        if self.requested() == "cancel":
            raise self.stopped(kept)

    def stopped(self, kept: str) -> Cancelled:
        """Return the error to leave with: TimeUp or Paused where nobody asked for an end."""
        if self._terminated or asked_to_cancel(self._run, self._key):
            return Cancelled(kept)
        if self._leaving:
            return Paused(kept)
        return TimeUp(kept) if self._time_up else Cancelled(kept)

    def _read(self) -> Request | None:
        if asked_to_cancel(self._run, self._key):
            return "cancel"
        return "pause" if asked_to_pause(self._run, self._key) else None


@contextmanager
def on_signals(interruption: Interruption) -> Iterator[None]:
    """Turn SIGTERM, SIGUSR1 (where there is one) and Ctrl+C into requests while the block
    runs."""

    def end(number: int, frame: FrameType | None) -> None:
        interruption.terminate()

    def hurry(number: int, frame: FrameType | None) -> None:
        interruption.note_time_up()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    if hasattr(signal, "SIGUSR1"):
        before[signal.SIGUSR1] = signal.signal(signal.SIGUSR1, hurry)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
