"""A planted fault on the canvases and in the list: shown as any other, and only shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kitsdesk.controllers.session import OpenCase
from kitsdesk.editing.history import History
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.rows import CaseRow


def with_planted(workspace: Workspace, opened: OpenCase) -> OpenCase:
    """Return the case with its faulty copy where one is planted in it, else as it is.

    The copy has a history of its own and no journal: what is drawn on it ends with it. A
    case that has edits of its own loses the planted fault instead.
    """
    faults = PlantedFaults(workspace)
    if opened.case not in faults.active():
        return opened
    if opened.unsaved:
        faults.remove([opened.case])
        return opened
    copy = faults.shown(opened.case, opened.mask, opened.base)
    if copy is None:
        return opened
    if opened.journal is not None:
        opened.journal.close()
    live = copy.mask.copy()
    return replace(
        opened,
        mask=live,
        history=History(live),
        journal=None,
        reference=copy.mask,
        planted=copy,
    )


def was_found(workspace: Workspace, case: OpenCase) -> bool:
    """Return whether the reader's edits took back any of the planted fault's voxels."""
    if case.planted is None:
        return False
    truth = Revisions(workspace).load(case.case)[0]
    wrong = truth != case.planted.mask
    return bool(np.any(wrong & (case.mask == truth)))


class PlantedRows:
    """Gives the rows of the list the scores of the faulty copies, so that a planted fault
    stands where a real one would."""

    def __init__(self, faults: PlantedFaults) -> None:
        self._active = faults.active()

    def row(self, row: CaseRow) -> CaseRow:
        """Return the row as the list shows it."""
        fault = self._active.get(row.case)
        if fault is None:
            return row
        found = fault.suspicion
        return replace(
            row,
            tumor_dice=found.tumor_dice,
            kidney_dice=found.kidney_dice,
            agreement=found.agreement,
            suspicion=found.value,
            misfit=found.misfit,
            disagreeing_ml=found.disagreeing_ml,
            chips=fault.chips,
        )
