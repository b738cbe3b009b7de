"""How a person stops or pauses training: files in the run's folder, or a signal."""

from __future__ import annotations

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
_LOOK_EVERY_S = 0.5


class Interruption:
    """Says between two steps whether to go on. Looks at the files twice a second."""

    def __init__(self, run: Path | None) -> None:
        self._run = run
        self._looked = 0.0
        self._found: Request | None = None
        self._terminated = False

    def terminate(self) -> None:
        """Note that the process was asked to end."""
        self._terminated = True

    def requested(self) -> Request | None:
        """Return what is asked for now; cancelling wins over pausing."""
        if self._terminated:
            return "cancel"
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            self._found = self._read()
        return self._found

    def wait_while_paused(self) -> None:
        """Return as soon as nothing asks to pause any more, or to cancel."""
        while self.requested() == "pause":
            time.sleep(_LOOK_EVERY_S)

    def raise_if_cancelled(self, kept: str) -> None:
        """Raise Cancelled, saying what was kept, where cancelling is asked for."""
        if self.requested() == "cancel":
            raise Cancelled(kept)

    def _read(self) -> Request | None:
        if asked_to_cancel(self._run):
            return "cancel"
        return "pause" if asked_to_pause(self._run) else None


@contextmanager
def on_signals(interruption: Interruption) -> Iterator[None]:
    """Turn SIGTERM and Ctrl+C into a request to cancel while the block runs."""

    def note(number: int, frame: FrameType | None) -> None:
        interruption.terminate()

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
