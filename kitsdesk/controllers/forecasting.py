"""Before a prediction starts: how long, how much memory, and whether there is enough."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject

from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import Box, ForecastView, ShellView
from kitsdesk.project.forecast_words import case_words, forecast_words, no_room_words
from kitsdesk.project.prediction_forecast import CasesForecast, PredictionForecasts
from trainer.contract.forecast import Forecast
from trainer.contract.machine_speed import speed_file
from trainer.imaging.image_memory import free_memory

START = "start"


class ForecastController(QObject):
    """Tells it beside the entries, in the job's row, and asks where memory is short."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        serve: ServeProcess,
        jobs: JobsController,
        view: ForecastView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._jobs = jobs
        self._view = view
        self._shell = shell
        self._device = "cpu" if shutil.which("nvidia-smi") is None else "cuda:0"
        self._threads = 0
        serve.deviceKnown.connect(self._on_device)
        serve.finished.connect(lambda _event: self.refresh())
        session.caseOpened.connect(lambda _case: self.refresh())
        session.caseClosed.connect(lambda *_: self._view.set_forecast(""))
        session.modelsChanged.connect(self.refresh)

    def set_threads(self, threads: int) -> None:
        """Tell it for so many CPU threads, 0 = all."""
        self._threads = threads
        self.refresh()

    def refresh(self) -> None:
        """Show what predicting the open case takes now."""
        case = self._session.case
        if case is not None:
            self._told(case.case, None, self._show)

    def predict_case(self, case: str) -> None:
        """Predict a case; where the memory is too small, ask first."""
        self._told(case, None, lambda told: self._begin(told, partial(self._start, case, told)))

    def predict_region(self, case: str, box: Box, begun: Callable[[str], None]) -> None:
        """Predict a box of a case; where the memory is too small, ask first. `begun` is called
        with what is told ("" = not known) once it is under way."""

        def start(told: Forecast | None) -> None:
            job = self._jobs.predict_region(case, box)
            self._jobs.expect(job, told)
            if job:
                begun("" if told is None else case_words(told))

        self._told(case, box, lambda told: self._begin(told, partial(start, told)))

    def predict_all(self) -> None:
        """Predict all cases; where the memory is too small, ask first."""
        self._of_all(self._begin_all)

    def of_all(self, done: Callable[[str], None]) -> None:
        """Give in words what all cases take, "" where that is not known, and what happens
        where the memory is too small."""

        def say(told: CasesForecast | None) -> None:
            if told is None:
                done("")
                return
            takes = forecast_words(told.seconds, told.memory_gb, measured=told.measured)
            done(f"{takes}. {_short_of_memory(told)}".strip())

        self._of_all(say)

    def _of_all(self, done: Callable[[CasesForecast | None], None]) -> None:
        workspace, forecasts = self._session.project, self._forecasts_maker()

        def work() -> CasesForecast | None:
            return forecasts().of_cases([record.case for record in workspace.cases()])

        self._pool.start("Forecasting", work, done=done, failed=lambda _error: done(None))

    def _begin_all(self, told: CasesForecast | None) -> None:
        short = "" if told is None else _short_of_memory(told)
        if short:
            self._shell.choose(
                short,
                [(START, "Predict anyway")],
                lambda key: self._jobs.predict_all() if key == START else None,
            )
            return
        self._jobs.predict_all()
        if told is not None and self._session.models.in_use():
            takes = forecast_words(told.seconds, told.memory_gb, measured=told.measured)
            cases = "1 case" if told.cases == 1 else f"{told.cases} cases"
            self._shell.show_message(f"Predicting {cases}: {takes}.")

    def _start(self, case: str, told: Forecast | None) -> None:
        job = self._jobs.predict_case(case)
        self._jobs.expect(job, told)
        if job and told is not None:
            self._shell.show_message(f"Predicting {case}: {case_words(told)}.")

    def _begin(self, told: Forecast | None, start: Callable[[], None]) -> None:
        free = free_memory() / 1e9
        if told is None or told.fits(free):
            start()
            return
        self._shell.choose(
            no_room_words(told.memory_gb, told.least_gb, free),
            [(START, "Predict anyway")],
            lambda key: start() if key == START else None,
        )

    def _told(self, case: str, region: Box | None, done: Callable[[Forecast | None], None]) -> None:
        forecasts = self._forecasts_maker()
        self._pool.start(
            "Forecasting",
            lambda: forecasts().of_case(case, region),
            done=done,
            failed=lambda _error: done(None),
        )

    def _forecasts_maker(self) -> Callable[[], PredictionForecasts]:
        workspace, options = self._session.project, self._jobs.options
        return partial(
            PredictionForecasts, workspace, options, self._device, speed_file(self._threads)
        )

    def _show(self, told: Forecast | None) -> None:
        self._view.set_forecast("" if told is None else case_words(told))

    def _on_device(self, device: str) -> None:
        self._device = device
        self.refresh()


def _short_of_memory(told: CasesForecast) -> str:
    free = free_memory() / 1e9
    fits = told.memory_gb <= free
    return "" if fits else no_room_words(told.memory_gb, told.least_gb, free)
