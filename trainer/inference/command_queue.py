"""The predictions that wait for their turn, in an order that may change."""

from __future__ import annotations

import threading

from trainer.contract.events import PredictCommand


class CommandQueue:
    """First come, first served, unless one is let first or dropped. For several threads."""

    def __init__(self) -> None:
        self._waiting: list[PredictCommand] = []
        self._changed = threading.Condition()
        self._closed = False
        self.idle_s: float | None = None

    def put(self, command: PredictCommand) -> None:
        """Add one at the end."""
        with self._changed:
            self._waiting.append(command)
            self._changed.notify_all()

    def take(self, *, patient: bool) -> PredictCommand | None:
        """Return the next one; None where there is none now, or where `patient`, when the
        queue was closed or `idle_s` passed."""
        with self._changed:
            if patient:
                self._changed.wait_for(lambda: bool(self._waiting or self._closed), self.idle_s)
            return self._waiting.pop(0) if self._waiting and not self._closed else None

    def peek(self) -> PredictCommand | None:
        """Return the next one without taking it."""
        with self._changed:
            return self._waiting[0] if self._waiting else None

    def drop(self, identity: str) -> bool:
        """Take one out; False where it does not wait."""
        with self._changed:
            left = [command for command in self._waiting if command.id != identity]
            dropped = len(left) < len(self._waiting)
            self._waiting = left
            return dropped

    def let_first(self, identity: str) -> None:
        """Let one be the next, if it waits."""
        with self._changed:
            self._waiting.sort(key=lambda command: command.id != identity)

    def close(self) -> None:
        """Give nothing out any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
