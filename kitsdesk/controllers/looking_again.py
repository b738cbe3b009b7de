"""The blind second look: which of two unnamed masks is right, one case after another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.curation_views import SecondLookView
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.second_looks import SecondLook, SecondLooks, Side
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.slice_pictures import worst_frame
from trainer.contract.errors import KitsDeskError
from trainer.imaging.volume import Volume

Pair = tuple[Volume, NDArray[np.uint8], NDArray[np.uint8], int]


class SecondLookController(QObject):
    """Asks, notes, and reports how the two verdicts agree; no decision is ever changed."""

    def __init__(
        self, session: Session, pool: TaskPool, view: SecondLookView, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._view = view
        self._shell = shell
        self._look: SecondLook | None = None
        self._total = 0
        session.projectClosed.connect(self._on_closed)

    def show(self) -> None:
        """Go on with the cases that wait, or offer a new round."""
        looks = SecondLooks(self._session.project)
        waiting = looks.open()
        if waiting:
            self._total = len(waiting)
            self._next()
        else:
            self._view.show_start(len(looks.fit()), looks.agreement())

    def begin(self, share: float) -> None:
        """Put a share of the decided cases into the queue and show the first."""
        try:
            waiting = SecondLooks(self._session.project).ask(share)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        self._total = len(waiting)
        self._next()

    def answer(self, side: Side | None) -> None:
        """Note which mask is right (None = neither) and show the next case."""
        look, self._look = self._look, None
        if look is None:
            return
        try:
            SecondLooks(self._session.project).answer(look, side)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        self._next()

    def stop(self) -> None:
        """Take what waits out of the queue; the answers given stay."""
        self._look = None
        SecondLooks(self._session.project).drop()
        self.show()

    def _next(self) -> None:
        workspace = self._session.project
        waiting = SecondLooks(workspace).open()
        if not waiting:
            self.show()
            return
        look = waiting[0]
        place = (self._total - len(waiting) + 1, self._total)

        def done(pair: Pair) -> None:
            if self._session.workspace is not workspace:
                return
            self._look = look
            self._view.show_look(place, *pair)

        # The name of the task is shown nowhere that would tell the case's decision.
        self._pool.start(
            "Reading the next pair",
            lambda: _pair(workspace, look),
            done=done,
            failed=self._shell.show_problem,
        )

    def _on_closed(self) -> None:
        self._look = None
        self._view.close_sheet()


def _pair(workspace: Workspace, look: SecondLook) -> Pair:
    """Return the CT, the mask on the left and on the right, and where they differ most."""
    volume = workspace.read_case(look.case)
    reference = Revisions(workspace).load_reference(look.case)
    prediction = Predictions(workspace).heldout(look.case)
    if prediction is None:
        raise KitsDeskError(
            f"{look.case} has no held-out prediction any more.",
            kept="Answers given so far are kept.",
            advice="End this round and begin another.",
        )
    first, second = (
        (reference, prediction) if look.left_side == "reference" else (prediction, reference)
    )
    frame = worst_frame(reference, prediction, volume.spacing)
    return volume, first, second, frame.z
