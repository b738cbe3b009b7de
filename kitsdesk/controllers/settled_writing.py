"""What a person made of disagreements, on its way into the project."""

from __future__ import annotations

import threading

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.component_store import Components, Settled
from kitsdesk.project.picture_store import Name
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError

_GONE = object()


class SettledWriting:
    """Writes on a pool thread, the newest state of each component, so that a key never waits
    for the disk. What was put counts at once; before the project closes the rest is written.
    What the disk refuses is told and written with the next one."""

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        self._session = session
        self._pool = pool
        self._shell = shell
        self._unwritten: dict[Name, Settled | None] = {}
        self._writing, self._guard = threading.Lock(), threading.Lock()
        session.projectClosing.connect(self._flush)

    def put(self, name: Name, state: Settled | None) -> None:
        """Settle a component (case, key), or open it again (None)."""
        with self._guard:
            self._unwritten[name] = state
        workspace = self._session.project
        self._pool.start(
            "Noting what was settled",
            lambda: self._write(workspace),
            failed=self._shell.show_problem,
        )

    def known(self, case: str | None = None) -> dict[Name, Settled]:
        """Return what became of components, of one case or of all; the others are open."""
        with self._guard:
            unwritten = dict(self._unwritten)
        found = Components(self._session.project).settled(case)
        for name, state in unwritten.items():
            if state is None:
                found.pop(name, None)
            elif case in (None, name[0]):
                found[name] = state
        return found

    def _flush(self) -> None:
        try:
            self._write(self._session.project)
        except KitsDeskError as error:
            self._shell.show_problem(error)
        self._unwritten.clear()

    def _write(self, workspace: Workspace) -> None:
        with self._writing:
            with self._guard:
                states = dict(self._unwritten)
            if not states:
                return
            Components(workspace).settle_all(states)
            with self._guard:
                # One that was put meanwhile comes with the next writing.
                for name, state in states.items():
                    if self._unwritten.get(name, _GONE) == state:
                        del self._unwritten[name]
