"""A task at work at its place, and the ladder by which it is stopped."""

from __future__ import annotations

import time

from trainer.engines.devices import Place
from trainer.engines.task_process import TaskProcess

CANCEL_GRACE_S = 10.0
TERMINATE_GRACE_S = 3.0


class RunningTask:
    """First the CANCEL file, which the task looks for itself, then SIGTERM, then SIGKILL,
    children included."""

    def __init__(
        self, process: TaskProcess, place: Place, terminate_grace_s: float | None = None
    ) -> None:
        self.process = process
        self.place = place
        self._terminate_grace_s = terminate_grace_s
        self._asked_at: float | None = None
        self._step = 0

    @property
    def asked(self) -> bool:
        """Return whether its end was asked for."""
        return self._asked_at is not None

    def look(self, *, asked: bool, at_once: bool = False) -> bool:
        """Return whether it has ended; where that is `asked` for, take the next step to it.

        Parameters
        ----------
        at_once : begin with SIGTERM.
        """
        if self.process.ended():
            return True
        now = time.monotonic()
        if self._asked_at is None and asked:
            self._asked_at = now
        waited = now - self._asked_at if self._asked_at is not None else -1.0
        if self._step == 0 and waited >= (0 if at_once else CANCEL_GRACE_S):
            self.process.end(force=False)
            self._step, self._asked_at = 1, now
        elif self._step == 1 and waited >= (self._terminate_grace_s or TERMINATE_GRACE_S):
            self.process.end(force=True)
            self._step = 2
        return False
