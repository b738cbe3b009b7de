"""Asks the queues of runs on clusters how far they are, now and then, one at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.background.run_launcher import RunLauncher
from kitsdesk.background.trainer_call import Records
from kitsdesk.project.job_rows import JobRow
from trainer.contract.errors import KitsDeskError

LOOK_MS = 1000
EVERY_S = 15.0
# After a problem the queue is left alone for longer each time, up to this.
LONGEST_S = 240.0
SETTLED = ("done", "failed", "cancelled")


class QueuePoller(QObject):
    """`answered()` after a queue was asked; `problem(run, KitsDeskError)` where it refused."""

    answered = pyqtSignal()
    problem = pyqtSignal(str, object)

    def __init__(self, launcher: RunLauncher) -> None:
        super().__init__()
        self._launcher = launcher
        self._waiting: dict[str, Path] = {}
        self._next: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        self._asking = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def follow(self, rows: Sequence[JobRow]) -> None:
        """Ask for these runs from now on: those in a queue that have not settled."""
        self._waiting = {
            row.job: Path(row.folder)
            for row in rows
            if row.queued and row.folder and row.state not in SETTLED
        }
        if not self._waiting:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
            self._look()

    def ask_soon(self, run: str) -> None:
        """Ask for this run at the next look: something was done to it."""
        self._next.pop(run, None)

    def close(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._waiting = {}

    def _look(self) -> None:
        if self._asking:
            return
        now = time.monotonic()
        due = [name for name in self._waiting if self._next.get(name, 0.0) <= now]
        if not due:
            return
        name = min(due, key=lambda name: self._next.get(name, 0.0))
        self._asking = name
        self._launcher.status(
            self._waiting[name], lambda _records, error: self._on_answer(name, _records, error)
        )

    def _on_answer(self, name: str, _records: Records, error: KitsDeskError | None) -> None:
        self._asking = ""
        before = self._pause.get(name, EVERY_S)
        self._pause[name] = EVERY_S if error is None else min(LONGEST_S, 2 * before)
        self._next[name] = time.monotonic() + self._pause[name]
        if error is not None:
            self.problem.emit(name, error)
        self.answered.emit()
