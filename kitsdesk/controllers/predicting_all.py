"""Segment ▸ Predict all…: at once for a few cases, with a choice of the place for many."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QObject

from kitsdesk.controllers.forecasting import ForecastController
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.run_views import PredictAllView
from kitsdesk.controllers.session import Session
from kitsdesk.project.place_facts import PredictAllFacts
from trainer.contract.engine_plan import EnginePlan

# A few cases are done before somebody has chosen a place for them.
MANY = 20


class PredictAllController(QObject):
    """Opens the sheet where the run is long, and starts it."""

    def __init__(
        self,
        session: Session,
        jobs: JobsController,
        view: PredictAllView,
        forecasts: ForecastController | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self._view = view
        self._forecasts = forecasts

    def ask(self) -> None:
        """Predict every case, after a choice of the place where there are many."""
        models = self._session.models.in_use()
        cases = len(self._session.project.cases())
        told = self._forecasts if models else None
        facts = PredictAllFacts(cases, " + ".join(models))
        if not models or cases < MANY:
            (told or self._jobs).predict_all()
        elif told is None:
            self._view.show_prediction(facts)
        else:
            told.of_all(lambda takes: self._view.show_prediction(replace(facts, takes=takes)))

    def start(self, plan: EnginePlan) -> None:
        """Start the run by `plan`."""
        self._view.close_sheet()
        self._jobs.predict_all(plan=plan)
