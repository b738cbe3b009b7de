"""Open a case where mask and prediction differ most: what a click in the scatter asks for."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.review import ReviewController
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import CanvasView


class WorstSlice(QObject):
    """Waits until the case is compared, then goes to its axial slice with most disagreement."""

    def __init__(
        self,
        session: Session,
        cases: CaseController,
        review: ReviewController,
        canvas: CanvasView,
    ) -> None:
        super().__init__()
        self._session = session
        self._cases = cases
        self._review = review
        self._canvas = canvas
        self._wanted = ""
        review.compared.connect(self._go)

    def open(self, case: str) -> None:
        """Open the case there."""
        self._wanted = case
        if self._session.case is not None and self._session.case.case == case:
            if self._review.ready:
                self._go()
        else:
            self._cases.open(case)

    def _go(self) -> None:
        case, wanted = self._session.case, self._wanted
        if case is None or not wanted:
            return
        self._wanted = ""
        z = self._review.worst_slice
        if case.case != wanted or z is None:
            return
        _z, y, x = case.volume.to_index(self._canvas.crosshair())
        left, posterior, superior = (float(v) for v in case.volume.to_mm((float(z), y, x)))
        self._canvas.set_crosshair((left, posterior, superior))
