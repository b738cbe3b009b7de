"""Train ▸ Runs: every run of the project, from its folder, whoever started it and when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.run_watcher import RunWatcher
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.run_control import RunControl
from kitsdesk.controllers.run_views import RunsView
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.job_rows import JobRow

LOG_BYTES = 200_000


@dataclass(frozen=True)
class _ShownLog:
    title: str
    path: Path


class RunsController(QObject):
    """Shows the runs and does what is asked of one, or of one task of it."""

    def __init__(
        self,
        pool: TaskPool,
        control: RunControl,
        watcher: RunWatcher,
        view: RunsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._pool = pool
        self._control = control
        self._view = view
        self._shell = shell
        self._rows: dict[str, JobRow] = {}
        self._log: _ShownLog | None = None
        self._log_size = -1
        watcher.rowsChanged.connect(self._on_rows)

    def rows(self) -> list[JobRow]:
        """Return all runs, newest first."""
        return sorted(self._rows.values(), key=lambda row: row.job, reverse=True)

    def ask(self, what: str, job: str, task: str = "") -> None:
        """Do what a button of the page says: pause, resume, requeue, cancel, log, hide_log."""
        match what:
            case "pause":
                self._control.pause(job, task)
            case "resume":
                self._control.resume(job, task)
            case "requeue":
                self._control.requeue(job, task)
            case "cancel":
                self._control.cancel(job, task)
            case "log":
                self.show_log(job, task)
            case "hide_log":
                self._log = None

    def show_log(self, job: str, task: str = "") -> None:
        """Show the log of a task, or of the task of a run that matters most now, as it grows."""
        row = self._rows.get(job)
        if row is None:
            return
        found = next((each for each in row.tasks if each.key == task), None)
        path = Path(found.log if found is not None else row.log)
        self._log = _ShownLog(f"Log of {found.title if found is not None else row.title}", path)
        self._log_size = -1
        self._read_log()

    def _on_rows(self, rows: list[JobRow]) -> None:
        self._rows = {row.job: row for row in rows}
        self._view.set_runs(self.rows())
        if self._log is not None:
            self._read_log()

    def _read_log(self) -> None:
        shown, size = self._log, self._log_size
        if shown is None:
            return
        self._pool.start(
            "Reading the log",
            lambda: read_end(shown.path, size),
            done=lambda read: self._on_log(shown, read),
            failed=self._shell.show_problem,
        )

    def _on_log(self, shown: _ShownLog, read: tuple[int, str] | None) -> None:
        if read is not None and shown == self._log:
            self._log_size, text = read
            self._view.show_log(shown.title, text)


def read_end(path: Path, known: int = -1) -> tuple[int, str] | None:
    """Return the size of a text file and the last of it, None where it is `known` bytes long;
    (0, "") where it is not there yet."""
    size = path.stat().st_size if path.is_file() else 0
    if size == known:
        return None
    if not size:
        return 0, ""
    with path.open("rb") as file:
        file.seek(max(0, size - LOG_BYTES))
        return size, file.read().decode("utf-8", errors="replace")
