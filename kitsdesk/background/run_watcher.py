"""Follows the runs of the open project by reading their folders once a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.project.fold_curves import CurveReader
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.run_progress import job_row
from trainer.contract.errors import KitsDeskError

INTERVAL_MS = 1000
_SETTLED = ("done", "failed", "cancelled")


class RunWatcher(QObject):
    """Emits all rows when any changed, and `ended` when a run settles while watched."""

    rowsChanged = pyqtSignal(list)
    ended = pyqtSignal(object)  # JobRow

    def __init__(self, pool: TaskPool) -> None:
        super().__init__()
        self._pool = pool
        self._list_runs: Callable[[], list[Path]] | None = None
        self._rows: dict[str, JobRow] = {}
        self._curves = CurveReader()
        self._reading: Task | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    def watch(self, list_runs: Callable[[], list[Path]] | None) -> None:
        """Follow the runs that `list_runs` names (called on a worker thread); None = stop."""
        self._list_runs, self._rows, self._curves = list_runs, {}, CurveReader()
        if list_runs is None:
            self._timer.stop()
            self.rowsChanged.emit([])
            return
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Read the folders now, unless a reading is under way."""
        if self._list_runs is None or (self._reading is not None and not self._reading.finished):
            return
        list_runs, known, curves = self._list_runs, dict(self._rows), self._curves
        self._reading = self._pool.start(
            "Reading the runs",
            lambda: _read_rows(list_runs(), known, curves),
            done=lambda rows: self._on_rows(list_runs, rows),
        )

    def close(self) -> None:
        """Stop following; the runs themselves go on."""
        self._timer.stop()
        self._list_runs = None

    def _on_rows(self, asked: Callable[[], list[Path]], rows: dict[str, JobRow]) -> None:
        if asked is not self._list_runs or rows == self._rows:
            return
        before, self._rows = self._rows, rows
        self.rowsChanged.emit(list(rows.values()))
        for name, row in rows.items():
            was = before.get(name)
            if row.state in _SETTLED and was is not None and was.state not in _SETTLED:
                self.ended.emit(row)


def _read_rows(
    runs: list[Path], known: dict[str, JobRow], curves: CurveReader
) -> dict[str, JobRow]:
    rows = {}
    for run in runs:
        old = known.get(run.name)
        if old is not None and old.state == "done":
            rows[run.name] = old
            continue
        try:
            rows[run.name] = job_row(run, curves)
        except KitsDeskError as error:
            rows[run.name] = JobRow(run.name, "train", run.name, "", "failed", error=str(error))
    return rows
