"""What the mask that tools write is at the moment, in words: the reference, or no longer."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.controllers.session import OpenCase, Session

Origin = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class CaptionView(Protocol):
    """Canvases that name the mask they draw."""

    def set_mask_caption(self, text: str, origin: Origin | None = None) -> None:
        """Say what the mask is where it stands beside the prediction, and draw the reference
        that it began as below it, where the mask is no longer that."""


class LegendView(Protocol):
    """The line above the canvases that explains their outlines."""

    def set_legend(self, kind: Literal["none", "comparison", "working"], text: str = "") -> None:
        """Explain mask and prediction, or the mask alone, which is called `text`."""


class MaskNames(QObject):
    """Keeps caption and legend true: every edit, undo, save and decision may change them."""

    def __init__(self, session: Session, canvas: CaptionView, legend: LegendView) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self._legend = legend
        session.caseOpened.connect(lambda _case: self._show())
        session.historyChanged.connect(self._show)
        session.maskSaved.connect(lambda _case: self._show())
        session.casesChanged.connect(lambda _cases: self._show())

    def _show(self) -> None:
        case = self._session.case
        if case is None:
            return
        self._canvas.set_mask_caption(mask_caption(case), origin_of(case))
        compared = case.prediction is not None
        self._legend.set_legend("comparison" if compared else "working", mask_words(case))


def is_reference(case: OpenCase) -> bool:
    """Return whether the live mask is the case's reference, voxel by voxel."""
    untouched = case.base is not None and case.base.is_reference and not case.unsaved
    return untouched and case.reference is not None


def origin_of(case: OpenCase) -> Origin | None:
    """Return the live mask and the reference that it began as; None where it still is the
    reference, and where there is none."""
    if case.reference is None or is_reference(case):
        return None
    return case.mask, case.reference


def mask_name(case: OpenCase) -> str:
    """Return "reference", or "working mask" once it was changed: what the prediction is
    held against."""
    return "reference" if is_reference(case) else "working mask"


def mask_caption(case: OpenCase) -> str:
    """Return for example "reference", "working mask, edited from the reference" or
    "working mask r2, edited"."""
    if is_reference(case):
        return "reference"
    if case.base is None:
        return "working mask"
    if case.base.is_reference and case.reference is not None:
        return "working mask, edited from the reference"
    return f"working mask r{case.base.number}{', edited' if case.unsaved else ''}"


def mask_words(case: OpenCase) -> str:
    """Return the mask's name in the legend: "Reference", "Working mask r2"."""
    if is_reference(case):
        return "Reference"
    if case.base is None or not case.base.number:
        return "Working mask"
    return f"Working mask r{case.base.number}"
