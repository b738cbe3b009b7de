"""What can be done to runs: start, stop, wait, go on, back into the line, one task or all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.queue_poller import QueuePoller
from kitsdesk.background.run_launcher import RunLauncher
from kitsdesk.background.run_watcher import RunWatcher
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.job_rows import JobRow
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.errors import KitsDeskError

Started = Callable[[Path], None]


class RunControl(QObject):
    """Tells the trainer, then looks at the folders again. `started(run)` once one is under
    way; runs in a queue are asked for there."""

    started = pyqtSignal(object)  # Path

    def __init__(
        self, session: Session, launcher: RunLauncher, watcher: RunWatcher, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._launcher = launcher
        self._watcher = watcher
        self._shell = shell
        self.poller = QueuePoller(launcher)
        self._refused: set[str] = set()
        watcher.rowsChanged.connect(self._on_rows)
        self.poller.answered.connect(watcher.look)
        self.poller.problem.connect(self._on_problem)

    def start(self, run: Path, plan: EnginePlan | None = None) -> None:
        """Start a prepared run folder by `plan`, on this computer by default."""

        def ended(problem: KitsDeskError | None) -> None:
            self._report(run.name, problem)
            if problem is None:
                self.started.emit(run)

        self._launcher.start(run, ended, plan)

    def cancel(self, job: str, task: str = "") -> None:
        """Stop a run or one of its tasks with a checkpoint."""
        self._launcher.cancel(self.folder(job), self._reporter(job), task)

    def pause(self, job: str, task: str = "") -> None:
        """Let a run or one of its tasks wait between two steps."""
        self._launcher.pause(self.folder(job), self._reporter(job), task)

    def resume(self, job: str, task: str = "") -> None:
        """Let what waits, failed or was cancelled go on; what is done stays done."""
        self._launcher.resume(self.folder(job), self._reporter(job), task)

    def requeue(self, job: str, task: str = "") -> None:
        """Put a run or one of its tasks back into the line."""
        self._launcher.requeue(self.folder(job), self._reporter(job), task)

    def folder(self, job: str) -> Path:
        """Return the folder of a run of the open project."""
        return self._session.project.runs_folder / job

    def close(self) -> None:
        """Ask no queue any more; the runs go on."""
        self.poller.close()
        self._launcher.close()

    def _reporter(self, job: str) -> Callable[[KitsDeskError | None], None]:
        return lambda problem: self._report(job, problem)

    def _report(self, job: str, problem: KitsDeskError | None) -> None:
        if problem is not None:
            self._shell.show_problem(problem)
        self.poller.ask_soon(job)
        self._watcher.look()

    def _on_rows(self, rows: list[JobRow]) -> None:
        self.poller.follow(rows)

    def _on_problem(self, job: str, problem: KitsDeskError) -> None:
        """Say once for each run that its queue does not answer; it is asked again."""
        if job not in self._refused:
            self._refused.add(job)
            self._shell.show_problem(problem)
