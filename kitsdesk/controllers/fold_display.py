"""One fold's mask in the prediction's place, votes and entropy over the CT: for a look only."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.review_reading import read_overlay
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import CanvasView, ShellView


class FoldDisplay:
    """What the fold chips and the overlay buttons of the Review tab show."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        editing: EditingController,
        canvas: CanvasView,
        shell: ShellView,
    ) -> None:
        self._session = session
        self._pool = pool
        self._editing = editing
        self._canvas = canvas
        self._shell = shell
        self.shown: tuple[str, int] | None = None

    def show_fold(self, model: str, fold: int) -> None:
        """Draw one fold's mask as the prediction; again, or fold −1, the held-out one."""
        case = self._session.case
        if case is None:
            return
        again = fold < 0 or self.shown == (model, fold)
        self.shown = None if again else (model, fold)
        if again:
            self._canvas.set_prediction(case.prediction)
            return
        predictions, chosen = self._session.predictions, (model, fold)

        def read_done(mask: np.ndarray | None) -> None:
            if self._session.case is case and self.shown == chosen:
                self._canvas.set_prediction(mask)

        self._pool.start(
            "Reading one fold's mask",
            lambda: predictions.fold_mask(case.case, model, fold),
            done=read_done,
            failed=self._shell.show_problem,
        )

    def show_overlay(self, kind: Literal["none", "votes", "entropy"]) -> None:
        """Lay the folds' votes or their entropy over the CT."""
        case = self._session.case
        if case is None or kind == "none":
            self._canvas.set_overlay("none", None)
            return
        predictions, structure = self._session.predictions, self._editing.structure or 1

        def shown(values: np.ndarray | None) -> None:
            if self._session.case is case:
                self._canvas.set_overlay(kind if values is not None else "none", values)

        self._pool.start(
            f"Reading the {kind}",
            lambda: read_overlay(case, kind, structure, predictions),
            done=shown,
            failed=self._shell.show_problem,
        )
