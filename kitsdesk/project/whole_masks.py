"""Use prediction and Restore reference for cases that are not open: mask, journal, revision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.taking import replace_mask
from kitsdesk.project.journal import open_history
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revision, RevisionKind, Revisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume


class UnsavedEdits(KitsDeskError):
    """A case has edits that no revision holds; another mask would go over them."""


class NothingHeldOut(KitsDeskError):
    """There is no prediction by folds that did not see the case."""


def use_prediction(workspace: Workspace, case: str, reason: str) -> Revision:
    """Save the held-out prediction of a closed case as its mask, undoable in its history.

    Raises
    ------
    NothingHeldOut : there is none; says why. UnsavedEdits : the case has some.
    """
    why = why_not_heldout(workspace, case)
    prediction = None if why else Predictions(workspace).heldout(case)
    if prediction is None:
        raise NothingHeldOut(
            f"{case}: {why or 'the prediction cannot be found'}.",
            kept="Its mask was not changed.",
            advice="Predict it with folds that did not train on it, or correct it by hand.",
        )
    return _replace(workspace, case, prediction, "Use prediction", "replacement", reason)


def restore_reference(workspace: Workspace, case: str) -> Revision:
    """Save the reference of a closed case as its newest revision; where it is the mask
    already, nothing is written.

    Raises
    ------
    NoReference : there is none. UnsavedEdits : the case has some.
    """
    reference = Revisions(workspace).load_reference(case)
    return _replace(workspace, case, reference, "Restore reference", "restore", "")


def why_not_heldout(workspace: Workspace, case: str) -> str:
    """Return why the held-out prediction cannot be taken, "" where it can."""
    predictions = Predictions(workspace)
    scores = predictions.scores(case)
    if scores is None:
        return "no prediction yet"
    if not (predictions.folder(case) / "heldout.nii.gz").is_file():
        seen = ", ".join(f"{use.model} fold {use.fold}" for use in scores.folds if use.saw)
        return f"every fold has seen it ({seen})" if seen else "every fold may have seen it"
    return ""


def _replace(
    workspace: Workspace,
    case: str,
    target: NDArray[np.uint8],
    name: str,
    kind: RevisionKind,
    note: str,
) -> Revision:
    workspace.store.require_writable()
    revisions = Revisions(workspace)
    mask, base = revisions.load(case)
    live = np.array(mask, np.uint8, order="C")
    history, journal = open_history(
        workspace.journal_path(case), base.voxels_hash if base is not None else None, live
    )
    try:
        if history.unsaved:
            raise UnsavedEdits(
                f"{case} has edits that are not saved.",
                kept="Its mask and its edits were not changed.",
                advice="Open it, save the correction or take the edits back, then try again.",
            )
        patch = replace_mask(live, target, name)
        if patch is None and base is not None:
            return base
        if patch is not None:
            history.commit(patch)
        token = history.begin_save()
        geometry = workspace.geometry(case)
        history.announce_save(volume_hash(Volume(live, geometry)), token)
        revision = revisions.save(case, live, kind=kind, note=note)
        history.mark_saved(revision.number, revision.voxels_hash, token)
        return revision
    finally:
        if journal is not None:
            journal.close()
