"""Everything the Review panel says of a case, computed off the UI thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kitsdesk.controllers.review_words import mark_sentence
from kitsdesk.controllers.session import OpenCase
from kitsdesk.project.case_scores import CaseScores, fitted_of
from kitsdesk.project.disagreement_reading import read_disagreements
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.claims import claim_detail, claim_sentence, claim_title
from kitsdesk.review.components import component_key
from kitsdesk.review.disagreement import Disagreement
from kitsdesk.review.member_marks import MARKS
from kitsdesk.review.pictures import disagreement_picture
from kitsdesk.review.rows import Chip, DisagreementRow, FoldChip, ReviewFacts, VolumeRow
from kitsdesk.review.suspicion import Suspicion, score_case
from kitsdesk.review.volumes import slice_profiles, volume_rows

# The end of the canvases' ramp of votes.
VOTES_SHOWN = 5


@dataclass(frozen=True)
class ReviewReading:
    """The comparison of the working mask with the prediction shown, all (z, y, x).

    `keys` name the disagreements (`components.component_key`). `area` and `disagreeing` have
    one value per slice for each axis.
    """

    suspicion: Suspicion | None
    volumes: tuple[VolumeRow, ...]
    disagreements: tuple[Disagreement, ...]
    rows: tuple[DisagreementRow, ...]
    folds: tuple[FoldChip, ...]
    area: tuple[NDArray[Any], ...]
    disagreeing: tuple[NDArray[Any], ...]
    reasons: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def read_review(
    case: OpenCase, mask: NDArray[np.uint8], workspace: Workspace, against: str
) -> ReviewReading:
    """Compare `mask` (a copy of the live one, called `against` in the sentences) with the
    case's prediction.

    Called on a worker thread; takes seconds on the largest cases.
    """
    volume, prediction = case.volume, case.prediction
    area, disagreeing = slice_profiles(mask, prediction)
    masked = case.reference is not None or case.base is not None or bool(mask.any())
    volumes = volume_rows(mask if masked else None, prediction, volume)
    if prediction is None:
        return ReviewReading(None, volumes, (), (), (), area, disagreeing)
    found = read_disagreements(
        case.case, mask, prediction, volume, case.scores, Predictions(workspace)
    )
    rows = tuple(
        _row(
            index,
            item,
            disagreement_picture(volume, mask, prediction, item.parts[0] if item.parts else item),
            against,
        )
        for index, item in enumerate(found)
    )
    suspicion: Suspicion | None = None
    reasons: tuple[str, ...] = ()
    if case.reference is not None or case.base is not None:
        suspicion = _suspicion(case, mask, prediction, Predictions(workspace))
        reasons = _reasons(CaseScores(workspace).chips(case.case))
    folds = _chips(case)
    keys = tuple(component_key(item) for item in found)
    return ReviewReading(suspicion, volumes, found, rows, folds, area, disagreeing, reasons, keys)


def _reasons(chips: tuple[Chip, ...]) -> tuple[str, ...]:
    """Return the chips as sentences; the mark has its own under the values."""
    return tuple(chip.why for chip in chips if chip.why and chip.text not in MARKS)


def _suspicion(
    case: OpenCase,
    mask: NDArray[np.uint8],
    prediction: NDArray[np.uint8],
    predictions: Predictions,
) -> Suspicion:
    scores = case.scores
    return score_case(
        mask,
        prediction if case.prediction_is_heldout else None,
        scores.agreement if scores is not None else None,
        scores.members if scores is not None else None,
        fitted_of(predictions, case.case, case.base),
        case.volume.voxel_ml,
    )


def _row(index: int, item: Disagreement, picture: NDArray[Any], against: str) -> DisagreementRow:
    return DisagreementRow(
        index,
        claim_title(item, against),
        claim_detail(item),
        item.structure,
        item.prediction_only,
        sentence=claim_sentence(item, against),
        picture=picture,
    )


def read_overlay(
    case: OpenCase, kind: Literal["votes", "entropy"], structure: int, predictions: Predictions
) -> NDArray[np.uint8] | None:
    """Return what is laid over the CT, uint8 (z, y, x); None where there is nothing to lay.

    Entropy goes to 255; votes for `structure` go to 5, whatever the number of folds.
    """
    if kind == "entropy":
        return predictions.entropy(case.case)
    votes = predictions.votes(case.case, structure)
    if votes is None:
        return None
    folds = max(1, len(case.scores.folds)) if case.scores is not None else 1
    shown: NDArray[np.uint8] = np.rint(votes * (VOTES_SHOWN / folds)).astype(np.uint8)
    return shown


def _chips(case: OpenCase) -> tuple[FoldChip, ...]:
    if case.scores is None:
        return ()
    return tuple(
        FoldChip(use.model, use.fold, "saw" if use.saw else "held_out") for use in case.scores.folds
    )


def with_suspicion(facts: ReviewFacts, case: OpenCase, reading: ReviewReading) -> ReviewFacts:
    """Return the facts with what the comparison says of the case as a whole."""
    found = reading.suspicion or Suspicion()
    return replace(
        facts,
        suspicion=found.value,
        tumor_dice=found.tumor_dice,
        kidney_dice=found.kidney_dice,
        agreement=found.agreement,
        mark=mark_sentence(case, found.mark),
        reasons=reading.reasons,
    )
