"""Everything that runs: one case in the warm process, all else as detached runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.run_watcher import RunWatcher
from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.live_rows import foreseen, in_turn, progressed, waiting_for_gpu
from kitsdesk.controllers.predicted_region import PredictedRegion
from kitsdesk.controllers.run_control import RunControl
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import Box, JobsView, ShellView
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.run_drafts import RunDraft, draft_prediction
from kitsdesk.project.run_specs import PredictOptions, predict_run, runs
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import (
    DeviceBusyEvent,
    ForecastEvent,
    PredictCommand,
    ProgressEvent,
    ResultEvent,
)
from trainer.contract.forecast import Forecast
from trainer.contract.run_folder import TaskState
from trainer.contract.scores import PredictionMode

UNDER_WAY = ("running", "paused")


class NoModel(KitsDeskError):
    """Something was asked for that needs a model, and none is in use."""


class JobsController(QObject):
    """Shows live predictions and runs as rows, and starts and stops them."""

    runEnded = pyqtSignal(object)  # JobRow of a run that settled while watched
    regionPredicted = pyqtSignal(object)  # PredictedRegion

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        serve: ServeProcess,
        control: RunControl,
        watcher: RunWatcher,
        view: JobsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._serve = serve
        self._control = control
        self._watcher = watcher
        self._view = view
        self._shell = shell
        self._live: dict[str, JobRow] = {}
        self._regions: dict[str, Box | None] = {}
        self._others: dict[str, tuple[JobRow, Callable[[], None]]] = {}
        self._runs: list[JobRow] = []
        self._dismissed: set[str] = set()
        self._options = PredictOptions()
        serve.progressed.connect(self._on_progress)
        serve.foreseen.connect(self._on_foreseen)
        serve.deviceBusy.connect(self._on_device_busy)
        serve.reordered.connect(self._show)
        serve.finished.connect(self._on_predicted)
        serve.failed.connect(self._on_failed)
        serve.cancelled.connect(self._drop)
        watcher.rowsChanged.connect(self._on_runs)
        watcher.ended.connect(self._on_run_ended)
        session.projectOpened.connect(self._watch)
        session.projectClosed.connect(lambda: watcher.watch(None))

    @property
    def options(self) -> PredictOptions:
        """Return how cases are predicted now."""
        return self._options

    @property
    def busy(self) -> bool:
        """Return whether a live prediction or a run of the open project is under way."""
        return bool(self._live) or any(row.state in UNDER_WAY for row in self._runs)

    def set_prediction(self, *, mirror: bool, device: str, mode: PredictionMode) -> None:
        """Predict with mirrored passes or without, on "auto", "cpu" or "cuda:N", exactly or
        fast, from now on."""
        self._options = PredictOptions(mirror=mirror, device=device, mode=mode)

    def predict_case(self, case: str) -> str:
        """Predict one case with the models in use; returns the job's id ("" = refused)."""
        return self._predict(case, f"Predict {case}", None)

    def predict_region(self, case: str, box: Box) -> str:
        """Predict the voxels in `box` (z0, z1, y0, y1, x0, x1) of one case; returns the job's
        id ("" = refused). `regionPredicted` comes at the end."""
        return self._predict(case, f"Predict a region of {case}", box)

    def _predict(self, case: str, title: str, box: Box | None) -> str:
        models = self._models_or_say()
        if not models:
            return ""
        job = f"case-{case}-{time.monotonic_ns()}"
        fast = " · fast" if self._options.mode == "fast" and box is None else ""
        names = " + ".join(models) + fast
        state: TaskState = "waiting" if self._live else "running"
        self._live[job] = JobRow(job, "case", title, names, state, can_cancel=True)
        self._regions[job] = box
        self._show()
        project, predictions = self._session.project, self._session.predictions
        self._serve.predict(
            PredictCommand(
                id=job,
                models=tuple(str(project.models_folder / name) for name in models),
                case=case,
                image=str(project.case(case).image),
                out=str(predictions.folder(case)),
                mirror=self._options.mirror,
                device=self._options.device,
                mode=self._options.mode,
                region=box,
            )
        )
        return job

    def expect(self, job: str, told: Forecast | None) -> None:
        """Show in a live prediction's row what it is going to take."""
        if told is not None:
            self._change(job, lambda row: foreseen(row, told))

    def let_first(self, job: str) -> None:
        """Predict a waiting case next."""
        self._serve.let_first(job)

    def use_processor(self, job: str) -> None:
        """Let a prediction that waits for a GPU use the CPU."""
        self._serve.use_processor(job)

    def pause_blocking(self, job: str) -> None:
        """Pause the run that has the GPU for which a prediction waits."""
        row = self._live.get(job)
        if row is not None and row.blocked_by:
            self._control.pause(row.blocked_by)

    def predict_all(self, cases: list[str] | None = None, plan: EnginePlan | None = None) -> None:
        """Start a run that predicts every case (or these) with the models in use, by `plan`
        where one is given."""
        models = self._models_or_say()
        if not models:
            return
        workspace = self._session.project
        chosen = cases if cases is not None else [r.case for r in workspace.cases()]
        options = self._options
        self._pool.start(
            "Preparing the run",
            lambda: predict_run(workspace, chosen, models, options, plan),
            done=lambda run: self.start_run(run, plan),
            failed=self._shell.show_problem,
        )

    def draft_prediction(self, plan: EnginePlan) -> RunDraft:
        """Write the run of `predict_all` to a temporary place; called on a worker thread."""
        workspace = self._session.project
        cases = [record.case for record in workspace.cases()]
        models = self._session.models.in_use()
        return draft_prediction(workspace, cases, models, self._options, plan)

    def start_run(self, run: Path, plan: EnginePlan | None = None) -> None:
        """Start a prepared run folder as detached processes, by `plan` where one is given."""
        self._control.start(run, plan)

    def show_other(self, row: JobRow, cancel: Callable[[], None]) -> None:
        """Show a job that is neither a prediction nor a run of the project, first of all."""
        self._others[row.job] = (row, cancel)
        self._show()

    def drop_other(self, job: str) -> None:
        """Take such a job away: it has ended."""
        self._others.pop(job, None)
        self._show()

    def cancel(self, job: str) -> None:
        """Stop a live prediction at once, or ask a run to stop."""
        if job in self._others:
            self._others[job][1]()
        elif job in self._live:
            self._serve.cancel(job)
        else:
            self._control.cancel(job)

    def pause(self, job: str, paused: bool) -> None:
        """Make a run wait between two steps, or go on."""
        if paused:
            self._control.pause(job)
        else:
            self._control.resume(job)

    def retry(self, job: str) -> None:
        """Continue a run that failed or was cancelled; what is done stays done."""
        self._control.resume(job)

    def dismiss(self, job: str) -> None:
        """Take a settled job out of the list; its folder stays."""
        self._dismissed.add(job)
        self._show()

    def log_of(self, job: str) -> Path | None:
        """Return the log file of a run, None for a live prediction."""
        others = [row for row, _cancel in self._others.values()]
        for row in [*others, *self._runs]:
            if row.job == job and row.log:
                return Path(row.log)
        return None

    def _models_or_say(self) -> tuple[str, ...]:
        models = self._session.models.in_use()
        if not models:
            self._shell.show_problem(
                NoModel(
                    "No model is in use.",
                    advice="Add a model, train first folds or import predictions.",
                )
            )
        return models

    def _watch(self) -> None:
        workspace = self._session.project
        self._watcher.watch(lambda: runs(workspace))

    def _on_progress(self, event: ProgressEvent) -> None:
        self._change(event.id, lambda row: progressed(row, event))

    def _on_foreseen(self, event: ForecastEvent) -> None:
        self.expect(event.id, event.forecast)

    def _on_device_busy(self, event: DeviceBusyEvent) -> None:
        self._change(event.id, lambda row: waiting_for_gpu(row, event, self._runs))

    def _change(self, job: str, change: Callable[[JobRow], JobRow]) -> None:
        if job in self._live:
            self._live[job] = change(self._live[job])
            self._show()

    def _on_predicted(self, event: ResultEvent) -> None:
        if event.id not in self._live:
            return
        box, folder = self._regions.get(event.id), Path(event.folder)
        self._drop(event.id)
        if box is None:
            self._session.predictionsChanged.emit([folder.name])
            return
        self.regionPredicted.emit(PredictedRegion.newest(folder, box))

    def _on_failed(self, job: str, problem: KitsDeskError) -> None:
        if job in self._live:
            self._drop(job)
            self._shell.show_problem(problem)

    def _drop(self, job: str) -> None:
        self._live.pop(job, None)
        self._regions.pop(job, None)
        self._show()

    def _on_runs(self, rows: list[JobRow]) -> None:
        self._runs = rows
        self._show()

    def _on_run_ended(self, row: JobRow) -> None:
        if row.state == "done":
            self._shell.show_message(f"{row.title}: done.")
            cases = [record.case for record in self._session.project.cases()]
            self._session.predictionsChanged.emit(cases)
            self._session.modelsChanged.emit()
        self.runEnded.emit(row)

    def _show(self) -> None:
        shown = [row for row in self._runs if row.job not in self._dismissed]
        newest_first = sorted(shown, key=lambda row: row.job, reverse=True)
        others = [row for row, _cancel in self._others.values()]
        live = in_turn(self._live, self._serve.running)
        self._view.set_jobs([*others, *live, *newest_first])
