"""Read everything a case needs, off the UI thread: CT, mask with history, prediction."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np

from kitsdesk.controllers.planted_display import with_planted
from kitsdesk.controllers.session import OpenCase
from kitsdesk.editing.history import History
from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.journal import open_history
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.dicom import SeriesWithGap
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume

_KEPT_VOLUMES = 3


class CaseReader:
    """Reads cases and keeps the last few CTs, so that going back and forth is quick."""

    def __init__(self) -> None:
        self._volumes: OrderedDict[tuple[str, str], Volume] = OrderedDict()
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
            volume = self.volume(workspace, record)
        except SeriesWithGap as error:
            return _to_look_at(record, error.happened)
        revisions, predictions = Revisions(workspace), Predictions(workspace)
        mask, base = revisions.load(case)
        reference = None
        if record.reference is not None:
            reference = revisions.load_reference(case)
        heldout = predictions.heldout(case)
        prediction = heldout if heldout is not None else predictions.ensemble(case)
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
        )
        return with_planted(workspace, opened)

    def volume(self, workspace: Workspace, record: CaseRecord) -> Volume:
        """Return the case's CT, from memory where it was read lately.

        The case asked for and the one read ahead come from two threads.
        """
        key = (str(workspace.folder), record.case)
        with self._lock:
            volume = self._volumes.pop(key, None)
        if volume is None:
            volume = workspace.read_case(record.case)
        with self._lock:
            self._volumes[key] = volume
            self._volumes.move_to_end(key)
            while len(self._volumes) > _KEPT_VOLUMES:
                self._volumes.popitem(last=False)
        return volume


def _to_look_at(record: CaseRecord, why: str) -> OpenCase:
    """Return a case with a gap, filled in, and with no mask: there is no grid to trust."""
    volume = read_image(record.image, bridge_gaps=True)
    mask = np.zeros(volume.shape, np.uint8)
    return OpenCase(record, volume, mask, None, History(mask), None, only_look=why)


def looked_at_only(case: OpenCase) -> KitsDeskError:
    """Return why the case shown may not be drawn on, for the problem bar."""
    return KitsDeskError(
        f"{case.case} has a gap. {case.only_look}",
        kept="It is shown with the gap filled in from its neighbours, to be looked at only: "
        "it is neither predicted, edited nor trained on.",
        advice="Export the complete series again, then add it.",
    )
