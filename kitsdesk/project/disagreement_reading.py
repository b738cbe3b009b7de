"""The disagreement list of one case, from its masks and what the folds of a prediction say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.predictions import Predictions
from kitsdesk.review.boundaries import listed
from kitsdesk.review.disagreement import Disagreement, crumbs_beside, find_disagreements
from trainer.contract.scores import Scores
from trainer.imaging.volume import Volume

Mask = NDArray[np.uint8]


def read_disagreements(
    case: str,
    mask: Mask,
    prediction: Mask,
    volume: Volume,
    scores: Scores | None,
    predictions: Predictions,
) -> tuple[Disagreement, ...]:
    """Return where mask and prediction differ, as `boundaries.listed` orders them.

    Masks are (z, y, x) on the grid of `volume`; the folds' votes are read from the project.
    """
    votes: dict[int, NDArray[np.uint8] | None] = {}

    def votes_for(structure: int) -> NDArray[np.uint8] | None:
        if structure not in votes:
            votes[structure] = predictions.votes(case, structure)
        return votes[structure]

    held_out = len(scores.heldout_folds) if scores is not None else 0
    folds = len(scores.folds) if scores is not None else 0
    found = find_disagreements(mask, prediction, volume, votes_for, folds=folds, held_out=held_out)
    crumbs = crumbs_beside(found, mask, prediction, volume)
    return tuple(listed(found, volume.spacing, crumbs))
