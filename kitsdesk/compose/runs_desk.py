"""Runs in the window: the page Train ▸ Runs, and the two sheets that start runs with a choice
of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices

from kitsdesk.controllers.placing import PlaceController
from kitsdesk.controllers.predicting_all import PredictAllController
from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.place_facts import PredictAllFacts
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_drafts import draft_training
from kitsdesk.ui.retrain.predict_sheet import PredictSheet
from trainer.contract.engine_plan import EnginePlan

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.ui.main_window import MainWindow


class FloatingPrediction(PredictSheet):
    """The Predict all… sheet, floating over the centre."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.grown.connect(lambda: window.centre.show_sheet(self))

    def show_prediction(self, facts: PredictAllFacts) -> None:
        """Fill and open."""
        super().show_prediction(facts)
        self._window.centre.show_sheet(self)


class RunsDesk(QObject):
    """Lives beside the window's desk."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__()
        self._window, self._desk = window, desk
        session, pool, launcher = desk.session, desk.pool, desk.launcher
        sheet, self.predict_sheet = window.retrain, FloatingPrediction(window)
        self.training_place = PlaceController(session, pool, launcher, sheet, window)
        self.prediction_place = PlaceController(session, pool, launcher, self.predict_sheet, window)
        self.predicting = PredictAllController(
            session, desk.jobs, self.predict_sheet, desk.forecasts
        )
        window.runs.asked.connect(self._ask)
        sheet.placeChosen.connect(self.training_place.choose)
        sheet.placeAskedAgain.connect(self.training_place.ask_again)
        sheet.scriptAsked.connect(self._training_script)
        sheet.retrainAsked.connect(desk.training.retrain)
        sheet.grown.connect(lambda: window.centre.show_sheet(sheet))
        self.predict_sheet.placeChosen.connect(self.prediction_place.choose)
        self.predict_sheet.placeAskedAgain.connect(self.prediction_place.ask_again)
        self.predict_sheet.scriptAsked.connect(self._prediction_script)
        self.predict_sheet.predictAsked.connect(self.predicting.start)

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer the places of the settings on both sheets."""
        self.training_place.set_defaults(defaults)
        self.prediction_place.set_defaults(defaults)

    def _training_script(self, choice: RetrainChoice) -> None:
        project = self._desk.session.project
        self.training_place.dry_run(choice.plan, lambda: draft_training(project, choice))

    def _prediction_script(self, plan: EnginePlan) -> None:
        self.prediction_place.dry_run(plan, lambda: self._desk.jobs.draft_prediction(plan))

    def _ask(self, what: str, job: str, task: str) -> None:
        if what == "folder":
            folder = self._desk.control.folder(job)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        else:
            self._desk.runs.ask(what, job, task)
