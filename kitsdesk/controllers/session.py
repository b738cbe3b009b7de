"""What all controllers share: the open project, the open case, and news about both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.editing.history import History
from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.journal import Journal
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.planted_masks import PlantedMask
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.hu_figures import HuFigures
from trainer.contract.errors import KitsDeskError
from trainer.contract.scores import Scores
from trainer.imaging.volume import Volume


@dataclass
class OpenCase:
    """The case on the canvases. `mask` is the live array that tools write; `reference` and
    `prediction` (held-out, else by all folds) are never written. All are (z, y, x).
    `figures` tells its HU.
    `only_look` says why the image may be looked at but not drawn on ("" where it may).
    `planted` is the faulty copy that `mask` began as, where one is planted for display: such a
    case has no journal and is never saved."""

    record: CaseRecord
    volume: Volume
    mask: NDArray[np.uint8]
    base: Revision | None
    history: History
    journal: Journal | None
    reference: NDArray[np.uint8] | None = None
    prediction: NDArray[np.uint8] | None = None
    prediction_is_heldout: bool = False
    scores: Scores | None = None
    votes: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    only_look: str = ""
    figures: HuFigures | None = None
    planted: PlantedMask | None = None

    @property
    def case(self) -> str:
        """Return the case's id."""
        return self.record.case

    @property
    def unsaved(self) -> int:
        """Return how many edits lie between the saved mask and the live one."""
        return self.history.unsaved

    def voxel_at(self, mm: tuple[float, float, float]) -> tuple[int, int, int] | None:
        """Return the (z, y, x) of the voxel at an LPS place, None outside the image."""
        z, y, x = (int(v) for v in np.floor(self.volume.to_index(mm) + 0.5))
        inside = all(0 <= at < n for at, n in zip((z, y, x), self.mask.shape, strict=True))
        return (z, y, x) if inside else None


class Session(QObject):
    """The open project and case; controllers change it and tell each other through it."""

    projectOpened = pyqtSignal()
    projectClosing = pyqtSignal()  # what is still to be written of it is written now
    projectClosed = pyqtSignal()
    caseOpened = pyqtSignal(object)  # OpenCase
    caseClosed = pyqtSignal()
    maskEdited = pyqtSignal(object)  # box or None = everywhere
    historyChanged = pyqtSignal()
    maskSaved = pyqtSignal(str)
    casesChanged = pyqtSignal(list)  # ids whose decision, mask or prediction changed
    predictionsChanged = pyqtSignal(list)
    modelsChanged = pyqtSignal()
    settling = pyqtSignal()  # a stroke under way has to end now
    troubled = pyqtSignal(object)  # KitsDeskError

    def __init__(self, author: str) -> None:
        super().__init__()
        self.author = author
        self.workspace: Workspace | None = None
        self.case: OpenCase | None = None

    @property
    def project(self) -> Workspace:
        """Return the open project; controllers call this only where one is open."""
        assert self.workspace is not None, "no project is open"
        return self.workspace

    @property
    def revisions(self) -> Revisions:
        """Return the masks of the open project."""
        return Revisions(self.project)

    @property
    def decisions(self) -> Decisions:
        """Return the decisions of the open project."""
        return Decisions(self.project)

    @property
    def predictions(self) -> Predictions:
        """Return the predictions of the open project."""
        return Predictions(self.project)

    @property
    def planted(self) -> PlantedFaults:
        """Return the faults planted for display in the open project."""
        return PlantedFaults(self.project)

    @property
    def models(self) -> Models:
        """Return the models of the open project."""
        return Models(self.project)

    def open_project(self, workspace: Workspace) -> None:
        """Make `workspace` the open project; the former one is closed first."""
        self.close_project()
        self.workspace = workspace
        self.projectOpened.emit()

    def close_project(self) -> None:
        """Close case and project."""
        self.close_case()
        if self.workspace is not None:
            self.projectClosing.emit()
            self.workspace.close()
            self.workspace = None
            self.projectClosed.emit()

    def open_case(self, case: OpenCase) -> None:
        """Make `case` the open one; the former one's journal is closed first."""
        self.close_case()
        self.case = case
        self.caseOpened.emit(case)

    def close_case(self) -> None:
        """Close the open case; edits not saved stay in its journal."""
        if self.case is None:
            return
        self.settle()
        case, self.case = self.case, None
        if case.journal is not None:
            try:
                case.journal.close()
            except KitsDeskError as error:
                self.troubled.emit(error)
        self.caseClosed.emit()

    def settle(self) -> None:
        """End a stroke under way: call it before the live mask is copied, saved or left."""
        self.settling.emit()

    def tell_edited(self, box: Any) -> None:
        """Say that the live mask changed inside `box` (None = everywhere)."""
        self.maskEdited.emit(box)
        self.historyChanged.emit()
