"""Decisions on their way into the project: few at once, many off the window's thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.decisions import Decisions
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

AT_ONCE = 50
"""One decision costs about 4 ms, most of it the disk's, and each further one 0.4 ms; more
than these would be felt."""


@dataclass(eq=False)
class _Batch:
    """Cases that are decided on together, all or none."""

    decisions: Decisions
    cases: Sequence[str]
    decision: Decision
    reason: str
    author: str
    ended: bool = False
    error: KitsDeskError | None = field(default=None)

    def write(self) -> None:
        try:
            self.decisions.decide(self.cases, self.decision, self.reason, self.author)
        except KitsDeskError as error:
            self.error = error
        finally:
            self.ended = True


class DecisionWriting:
    """Writes in the order in which it was asked: what is to be written or read after many
    decisions waits for them, and so does closing the project."""

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        self._session = session
        self._pool = pool
        self._shell = shell
        self._waiting: deque[_Batch] = deque()
        self._writing = threading.Lock()
        session.projectClosing.connect(self.finish)

    def decide(
        self, cases: Sequence[str], decision: Decision, reason: str, then: Callable[[], None]
    ) -> None:
        """Record one decision on these cases, call `then` once that is done, or show why it
        could not be: then nothing has changed, in the project and in the list."""
        workspace, shell = self._session.project, self._shell
        decisions, author = self._session.decisions, self._session.author
        batch = _Batch(decisions, list(cases), decision, reason, author)
        self._waiting.append(batch)
        if len(cases) <= AT_ONCE:
            self.finish()
            if batch.error is not None:
                shell.show_problem(batch.error)
            else:
                then()
            return

        def done(_result: object) -> None:
            if self._session.workspace is workspace:
                then()

        self._pool.start(
            "Noting decisions", lambda: self._write(batch), done=done, failed=shell.show_problem
        )

    def finish(self) -> None:
        """Write what still waits, here and now; its news comes as if it had been in time."""
        with self._writing:
            while self._waiting:
                self._waiting.popleft().write()

    def _write(self, batch: _Batch) -> None:
        with self._writing:
            while not batch.ended:
                self._waiting.popleft().write()
        if batch.error is not None:
            raise batch.error
