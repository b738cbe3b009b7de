"""Read everything a case needs, off the UI thread: CT, mask with history, prediction."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from kitsdesk.controllers.mask_memory import MaskMemory
from kitsdesk.controllers.planted_display import with_planted
from kitsdesk.controllers.session import OpenCase
from kitsdesk.editing.history import History
from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.journal import open_history
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.hu_figures import HuFigures, hu_figures
from trainer.contract.errors import KitsDeskError
from trainer.imaging.dicom import SeriesWithGap
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume

_KEPT_VOLUMES = 3


class CaseReader:
    """Reads cases and keeps the last few CTs, so that going back and forth is quick."""

    def __init__(self) -> None:
        self._volumes: OrderedDict[tuple[str, str], tuple[Volume, HuFigures]] = OrderedDict()
        self._masks = MaskMemory()
        self._lock = threading.Lock()

    def read(self, workspace: Workspace, case: str) -> OpenCase:
        """Return the case ready to edit: its newest mask with its journal replayed, and its
        prediction; called on a worker thread.

        Raises
        ------
        KitsDeskError : the image or a mask cannot be trusted; says which and why.
        """
        record = workspace.case(case)
        try:
            volume, figures = self._image(workspace, record)
        except SeriesWithGap as error:
            return _to_look_at(record, error.happened)
        predictions = Predictions(workspace)
        reference, mask, base = self._masks_of(workspace, record)
        heldout = self._predicted(predictions, case, "heldout")
        prediction = heldout
        if prediction is None:
            prediction = self._predicted(predictions, case, "ensemble")
        live = np.array(mask, np.uint8, order="C")
        history, journal = open_history(
            workspace.journal_path(case),
            base.voxels_hash if base is not None else None,
            live,
            read_only=workspace.read_only,
        )
        opened = OpenCase(
            record=record,
            volume=volume,
            mask=live,
            base=base,
            history=history,
            journal=journal,
            reference=reference,
            prediction=prediction,
            prediction_is_heldout=heldout is not None,
            scores=predictions.scores(case),
            figures=figures,
        )
        return with_planted(workspace, opened)

    def ahead(self, workspace: Workspace, record: CaseRecord) -> None:
        """Read what the next case will need and keep it; called on a worker thread."""
        self._image(workspace, record)
        self._masks_of(workspace, record)
        predictions = Predictions(workspace)
        if self._predicted(predictions, record.case, "heldout") is None:
            self._predicted(predictions, record.case, "ensemble")

    def _masks_of(
        self, workspace: Workspace, record: CaseRecord
    ) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8], Revision | None]:
        """Return reference, working mask and its revision; each file is read once."""
        revisions, case, reference = Revisions(workspace), record.case, None
        if record.reference is not None:
            reference = self._masks.get(record.reference, lambda: revisions.load_reference(case))
        known = revisions.all(case)
        if not known:
            return (reference, *revisions.load(case))
        if known[-1].number == 0 and reference is not None:
            return reference, reference, known[-1]
        newest = self._masks.get(known[-1].path, lambda: revisions.load(case)[0])
        return reference, newest, known[-1]

    def _predicted(
        self, predictions: Predictions, case: str, name: Literal["heldout", "ensemble"]
    ) -> NDArray[np.uint8] | None:
        read = predictions.heldout if name == "heldout" else predictions.ensemble
        path = predictions.folder(case) / f"{name}.nii.gz"
        if not predictions.key() or not path.is_file():
            return None
        return self._masks.get(path, lambda: cast("NDArray[np.uint8]", read(case)))

    def _image(self, workspace: Workspace, record: CaseRecord) -> tuple[Volume, HuFigures]:
        """Return the case's CT and its figures, from memory where it was read lately.

        The case asked for and the one read ahead come from two threads.
        """
        key = (str(workspace.folder), record.case)
        with self._lock:
            image = self._volumes.pop(key, None)
        if image is None:
            volume = workspace.read_case(record.case)
            image = volume, hu_figures(volume.array)
        with self._lock:
            self._volumes[key] = image
            self._volumes.move_to_end(key)
            while len(self._volumes) > _KEPT_VOLUMES:
                self._volumes.popitem(last=False)
        return image


def _to_look_at(record: CaseRecord, why: str) -> OpenCase:
    """Return a case with a gap, filled in, and with no mask: there is no grid to trust."""
    volume = read_image(record.image, bridge_gaps=True)
    mask = np.zeros(volume.shape, np.uint8)
    history, figures = History(mask), hu_figures(volume.array)
    return OpenCase(record, volume, mask, None, history, None, only_look=why, figures=figures)


def looked_at_only(case: OpenCase) -> KitsDeskError:
    """Return why the case shown may not be drawn on, for the problem bar."""
    return KitsDeskError(
        f"{case.case} has a gap. {case.only_look}",
        kept="It is shown with the gap filled in from its neighbours, to be looked at only: "
        "it is neither predicted, edited nor trained on.",
        advice="Export the complete series again, then add it.",
    )
