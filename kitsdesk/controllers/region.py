"""Segment ▸ Predict region: the part in view is predicted and offered as one edit."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.jobs import JobsController, PredictedRegion
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, ShellView
from kitsdesk.editing.taking import take_prediction
from trainer.imaging.mask_file import read_mask

EDIT_NAME = "Predict region"
AGREES = "The mask is what the prediction says there already."


class RegionController(QObject):
    """Asks for a prediction of the region in view, shows it, and takes it if a person wants."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        jobs: JobsController,
        editing: EditingController,
        canvas: CanvasView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._jobs = jobs
        self._editing = editing
        self._canvas = canvas
        self._shell = shell
        self._worker = PatchWorker(session, pool, editing, shell)
        jobs.regionPredicted.connect(self._on_predicted)

    def predict(self) -> None:
        """Predict what the canvases show of the open case, with the models in use."""
        case = self._session.case
        if case is None or not self._editing.may_write():
            return
        box = self._canvas.visible_box()
        if box is None:
            self._shell.show_message("Nothing of the image is in view.")
            return
        if self._jobs.predict_region(case.case, box):
            z, y, x = (high - low for low, high in zip(box[::2], box[1::2], strict=True))
            self._shell.show_message(f"Predicting the {z}×{y}×{x} voxels in view.")

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
