"""Take prediction in a disagreement obeys the locks, and says what they held back."""

from __future__ import annotations

import numpy as np
from desk_cases import MISSING


def settled(desk):
    return [row.settled for row in desk.panels.facts.disagreements]


def test_a_lock_on_all_of_it_leaves_the_mask_and_says_so(desk):
    case = desk.show(MISSING)
    before = case.mask.copy()
    desk.editing.lock(1, True)
    desk.review.take(0)
    assert np.array_equal(case.mask, before)
    assert desk.history() == []
    assert desk.said == "Kidney locked: nothing was taken."
    assert settled(desk) == [""]
    desk.editing.lock(1, False)
    desk.review.take(0)
    assert settled(desk) == ["taken"]


def test_what_a_lock_keeps_leaves_the_disagreement_open(desk):
    case = desk.show(MISSING)
    # Half of what the prediction calls tumor is background in the mask, and may be taken.
    [item] = desk.review.disagreements
    lower = (slice(None, item.centre[0]), slice(None), slice(None))
    wanted = case.prediction == 2
    case.mask[lower][wanted[lower]] = 0
    desk.review.refresh()
    desk.rest()
    kept = wanted & (case.mask == 1)
    desk.editing.lock(1, True)
    desk.review.take(0)
    assert (case.mask[kept] == 1).all()
    assert (case.mask[wanted & ~kept] == 2).all()
    voxels = int(kept.sum())
    assert desk.said == (
        f"Kidney locked: {voxels} voxels of it stay as they were, "
        "so the disagreement is still open."
    )
    assert settled(desk) == [""]
