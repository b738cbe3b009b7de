"""Writes the curation report off the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.curation_report import write_report


class ReportController(QObject):
    """One HTML file with every change and its pictures."""

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._shell = shell

    def write(self, path: Path, then: Callable[[Path], None] | None = None) -> None:
        """Write the report of the open project to `path`; `then` gets it once it is there."""
        workspace = self._session.project

        def done(written: Path) -> None:
            self._shell.show_message(f"Report written to {written.name}.")
            if then is not None:
                then(written)

        self._pool.start(
            "Writing the curation report",
            lambda: write_report(workspace, path),
            done=done,
            failed=self._shell.show_problem,
            progressed=lambda case: self._shell.show_message(f"Curation report: {case}…"),
        )
