"""Segment ▸ Predict region: a drawn box is predicted and offered as one edit."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.box_drawing import BoxDrawing
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.forecasting import ForecastController
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.predicted_region import PredictedRegion
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import Box, CanvasView, ShellView
from kitsdesk.editing.taking import take_prediction
from trainer.imaging.mask_file import read_mask

EDIT_NAME = "Predict region"
AGREES = "The mask is what the prediction says there already."
DRAW = "Drag a box in a view around the part to predict, then press Enter; Esc cancels."
NOT_DRAWN = "Drag a box in a view first, then press Enter."
BOX, IN_VIEW = "box", "in view"


class RegionController(QObject):
    """Lets a person draw the region, predicts it, shows it, and takes it if it is wanted."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        jobs: JobsController,
        forecasts: ForecastController,
        editing: EditingController,
        boxes: BoxDrawing,
        canvas: CanvasView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._forecasts = forecasts
        self._editing = editing
        self._boxes = boxes
        self._canvas = canvas
        self._shell = shell
        self._worker = PatchWorker(session, pool, editing, shell)
        self.drawing = False
        jobs.regionPredicted.connect(self._on_predicted)
        editing.toolChanged.connect(lambda _tool: self._stop())
        session.caseOpened.connect(lambda _case: self._stop())
        session.caseClosed.connect(lambda *_: self._stop())

    def predict(self) -> None:
        """Let the left button draw the region; Enter, the strip or this again predicts it."""
        if self.drawing:
            self.confirm()
            return
        if self._session.case is None or not self._editing.may_write():
            return
        self._editing.choose_tool("navigate")
        self.drawing = True
        self._boxes.begin()
        self._shell.choose(
            DRAW,
            [(IN_VIEW, "Predict what is in view"), (BOX, "Predict the box")],
            self._chosen,
        )

    def confirm(self) -> bool:
        """Predict the box that is drawn; returns whether one was being drawn."""
        if not self.drawing:
            return False
        if self._boxes.box is None:
            self._shell.show_message(NOT_DRAWN)
        else:
            self._predict(self._boxes.box)
        return True

    def cancel(self) -> bool:
        """Take the box away and the left button back; returns whether one was being drawn."""
        was = self.drawing
        if was:
            self._editing.choose_tool("navigate")
        return was

    def _chosen(self, what: str) -> None:
        if not self.drawing:
            return
        if what == BOX:
            self.confirm()
        elif what == IN_VIEW:
            box = self._canvas.visible_box()
            if box is None:
                self._shell.show_message("Nothing of the image is in view.")
                self.cancel()
            else:
                self._predict(box)
        else:
            self.cancel()

    def _predict(self, box: Box) -> None:
        case = self._session.case
        self._editing.choose_tool("navigate")
        if case is None:
            return
        sides = zip(box[::2], box[1::2], case.volume.spacing, strict=True)
        z, y, x = ((high - low) * spacing for low, high, spacing in sides)
        size = f"Predicting a region of {x:.0f} × {y:.0f} × {z:.0f} mm"
        self._forecasts.predict_region(
            case.case,
            box,
            lambda told: self._shell.show_message(f"{size}: {told}." if told else f"{size}."),
        )

    def _stop(self) -> None:
        """Forget the drawing; a tool was taken up, or the case is another one."""
        if self.drawing:
            self.drawing = False
            self._boxes.end()
            self._shell.withdraw()

    def _on_predicted(self, region: PredictedRegion) -> None:
        case = self._session.case
        if case is None or case.case != region.case:
            self._shell.show_message(f"A region of {region.case} is predicted: {region.path.name}.")
            return
        self._pool.start(
            f"Reading {region.path.name}",
            lambda: read_mask(region.path, like=case.volume.geometry).array,
            done=lambda mask: self._offer(case, region, mask),
            failed=self._shell.show_problem,
        )

    def _offer(self, case: OpenCase, region: PredictedRegion, mask: NDArray[Any]) -> None:
        if self._session.case is not case:
            return
        self._canvas.set_prediction(mask)
        self._shell.ask(
            f"The region is predicted and shown dashed ({region.path.name}). "
            "Take it into the mask?",
            "Take the region",
            lambda yes: self._answered(case, region, mask, yes),
        )

    def _answered(
        self, case: OpenCase, region: PredictedRegion, mask: NDArray[Any], yes: bool
    ) -> None:
        if self._session.case is not case:
            return
        self._canvas.set_prediction(case.prediction)
        if yes:
            self._worker.in_background(
                EDIT_NAME,
                lambda scene: take_prediction(scene, mask, region.box, name=EDIT_NAME),
                AGREES,
            )
