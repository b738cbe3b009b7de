"""Writing of commands that are no task of a run: where the disk is full they say so and wait."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from trainer.training.full_disk import PatientWriter
from trainer.training.interruption import Interruption, on_signals

T = TypeVar("T")
_KEPT = "What was written before is kept."


class _OnStderr:
    """Says on stderr, as a JSON line, what is waited for."""

    def __init__(self) -> None:
        self._said = ""

    def waiting_for_space(self, message: str) -> None:
        """Say it, once."""
        if not self._said:
            self._say(message)

    def goes_on(self) -> None:
        """Say that the disk has room again."""
        self._say("")

    def _say(self, message: str) -> None:
        self._said = message
        sys.stderr.write(json.dumps({"waiting": message}, ensure_ascii=False) + "\n")
        sys.stderr.flush()


class PatientCommand:
    """A command that waits where the disk is full, and that SIGTERM and Ctrl+C end in words."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self._status = _OnStderr()

    def patiently(self, target: Path, attempt: Callable[[], T]) -> T:
        """Return what `attempt` returns, as soon as the disk of `target` has room for it.

        Parameters
        ----------
        target : the folder that is written to; `attempt` makes it where it is not there.
        attempt : may be called several times; leaves nothing behind where it fails.

        Raises
        ------
        Cancelled : asked to stop while it waited.
        """
        writer = PatientWriter(
            target, self._status, self._interruption, reserve=False, kept=_KEPT.lower()
        )
        return writer.write(target, attempt)

    def __call__(self, progress: object) -> None:
        """Raise Cancelled where the command was asked to stop."""
        self._interruption.raise_if_cancelled(_KEPT)


@contextmanager
def patient_command() -> Iterator[PatientCommand]:
    """Obey signals between two steps while the block runs; for the main thread."""
    interruption = Interruption(None)
    with on_signals(interruption):
        yield PatientCommand(interruption)


def write_patiently(target: Path, attempt: Callable[[], T]) -> T:
    """Return what `attempt` returns, as soon as the disk of `target` has room; as
    `PatientCommand.patiently`, for commands that Ctrl+C otherwise ends at once."""
    with patient_command() as command:
        return command.patiently(target, attempt)
