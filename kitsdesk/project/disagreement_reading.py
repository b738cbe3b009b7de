"""The disagreement list of one case, from its masks and what the folds of a prediction say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.fold_masks import FoldMasks, votes_of
from kitsdesk.project.predictions import Predictions
from kitsdesk.review.boundaries import listed
from kitsdesk.review.disagreement import Disagreement, crumbs_beside, find_disagreements
from kitsdesk.review.fold_patterns import FoldPattern, FoldVote
from kitsdesk.review.foreground_box import slices_of
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

    Masks are (z, y, x) on the grid of `volume`; the folds' masks are read from the project,
    once, and only where something differs.
    """

    @cache
    def fold_masks() -> list[FoldMasks]:
        return predictions.fold_masks(case)

    def votes_for(structure: int) -> NDArray[np.uint8] | None:
        return votes_of(fold_masks(), structure)

    held_out = len(scores.heldout_folds) if scores is not None else 0
    folds = len(scores.folds) if scores is not None else 0
    found = find_disagreements(mask, prediction, volume, votes_for, folds=folds, held_out=held_out)
    crumbs = crumbs_beside(found, mask, prediction, volume)
    rows = listed(found, volume.spacing, crumbs)
    return tuple(
        item if item.parts else replace(item, fold_pattern=_pattern(item, fold_masks()))
        for item in rows
    )


def _pattern(found: Disagreement, models: Sequence[FoldMasks]) -> FoldPattern:
    """Return what each fold says of a part, by the majority of its voxels."""
    box = slices_of(found.box)
    votes = []
    for masks in models:
        for use in masks.uses:
            said = masks.says(use.fold, found.structure, box)[found.crop].mean()
            agreeing = said if found.prediction_only else 1 - said
            votes.append(FoldVote(use.model, use.fold, use.saw, bool(agreeing >= 0.5)))
    return tuple(votes)
