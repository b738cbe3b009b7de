"""The sentences beside the numbers of the Review tab."""

from __future__ import annotations

from kitsdesk.controllers.mask_names import mask_name
from kitsdesk.controllers.session import OpenCase


def against_sentence(case: OpenCase) -> str:
    """Return what is compared with what."""
    mine = mask_name(case).capitalize()
    theirs = "held-out prediction" if case.prediction_is_heldout else "prediction by all folds"
    return f"{mine} against {theirs}"


def mark_sentence(case: OpenCase, mark: str) -> str:
    """Return why the case's suspicion is not the usual one; "" where it is."""
    scores = case.scores
    if mark == "by mirroring" and scores is not None:
        folds = ", ".join(str(use.fold) for use in scores.heldout_folds)
        return f"by mirroring: only fold {folds} has not seen this case"
    if mark == "one member":
        return "one member: agreement cannot be measured and counts as 1"
    if mark == "no prediction" and case.prediction is not None:
        return "every fold has seen this case or may have: no suspicion"
    if mark == "misfit only":
        return "misfit only: every fold has seen this case"
    return mark
