"""How suspicious a case's mask is: what networks that never saw it say against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.foreground_box import foreground_box, slices_of
from trainer.contract.scores import MembersKind
from trainer.contract.structures import Structure
from trainer.evaluation.dice import SCORED, DiceScores, kits_dice, mean_pairwise_dice

Mark = Literal["", "by mirroring", "one member", "misfit only", "no prediction"]
Mask = NDArray[np.uint8]
OrderKey = tuple[int, float, float, str]
_EMPTY = np.zeros((0, 0, 0), np.uint8)
_MARKS: dict[MembersKind | None, Mark] = {
    "folds": "",
    "mirrors": "by mirroring",
    "one": "one member",
    None: "one member",
}


@dataclass(frozen=True)
class Suspicion:
    """What is known of one working mask; values are None where nothing tells them.

    Dice and agreement are of kidney (all foreground) and tumor (structure 2). `value` is
    the suspicion, 0 to 1. `disagreeing_ml` is the volume where the working mask and the
    held-out prediction (where there is none, the mask of the folds that learnt it) differ.
    """

    kidney_dice: float | None = None
    tumor_dice: float | None = None
    agreement_kidney: float | None = None
    agreement_tumor: float | None = None
    value: float | None = None
    misfit: float | None = None
    mark: Mark = "no prediction"
    disagreeing_ml: float = 0.0

    @property
    def agreement(self) -> float | None:
        """Return the agreement on the structure that makes the case suspicious, the tumor
        where both do equally: the one number that the case list shows."""
        if self.agreement_kidney is None or self.agreement_tumor is None:
            return None
        kidney = (1.0 - (self.kidney_dice or 0.0)) * self.agreement_kidney
        tumor = (1.0 - (self.tumor_dice or 0.0)) * self.agreement_tumor
        return self.agreement_kidney if kidney > tumor else self.agreement_tumor


def score_case(
    working: Mask | None,
    heldout: Mask | None,
    agreement: Mapping[str, float] | None,
    members: MembersKind | None,
    fitted: Mask | None,
    voxel_ml: float,
) -> Suspicion:
    """Return the suspicion of a working mask: the larger, over kidney and tumor, of
    (1 − Dice with the held-out prediction) × agreement of that prediction's members.

    Masks are (z, y, x) of one shape, None where there is none; a case without a working
    mask is not scored. `agreement` is the mean pairwise Dice of the members ("kidney",
    "tumor"); None counts as one member. `members` and `voxel_ml`: as scores.json has them.
    Misfit is the larger, over kidney and tumor, of 1 − Dice with `fitted`, the mask by the
    softmax average of the folds that learnt this very mask. ValueError where shapes differ.
    """
    told = heldout is not None
    if not told or agreement is None:
        members = None
    agreed = {name: (agreement or {}).get(name, 1.0) for name in SCORED}
    found = Suspicion(
        agreement_kidney=agreed["kidney"] if told else None,
        agreement_tumor=agreed["tumor"] if told else None,
        mark=_MARKS[members] if told else "no prediction",
    )
    if working is None:
        return found
    if fitted is not None:
        gap = _largest_gap(_cropped_dice(working, fitted), dict.fromkeys(SCORED, 1.0))
        found = replace(found, misfit=gap)
    if heldout is None:
        return _without_heldout(found, working, fitted, voxel_ml)
    dice = _cropped_dice(working, heldout)
    volume = disagreeing_voxels(working, heldout) * voxel_ml
    found = replace(found, kidney_dice=dice.kidney, tumor_dice=dice.tumor)
    return replace(found, value=_largest_gap(dice, agreed), disagreeing_ml=volume)


def _without_heldout(
    found: Suspicion, working: Mask, fitted: Mask | None, voxel_ml: float
) -> Suspicion:
    if fitted is None:
        return found
    volume = disagreeing_voxels(working, fitted) * voxel_ml
    return replace(found, mark="misfit only", disagreeing_ml=volume)


def _largest_gap(dice: DiceScores, weights: Mapping[str, float]) -> float:
    return max((1.0 - dice.of(name)) * weights[name] for name in SCORED)


def _cropped_dice(first: Mask, second: Mask) -> DiceScores:
    first, second = _cropped([first, second])
    return kits_dice(first, second)


def _cropped(masks: Sequence[Mask]) -> list[Mask]:
    """Return the masks cut to where any is more than background: it changes no Dice."""
    box = foreground_box(masks)
    return [_EMPTY if box is None else mask[slices_of(box)] for mask in masks]


def disagreeing_voxels(first: Mask, second: Mask) -> int:
    """Return how many voxels differ in being foreground or in being tumor.

    Kidney against cyst is no difference: neither Dice sees it.
    """
    first, second = _cropped([first, second])
    differ = (first > 0) != (second > 0)
    differ |= (first == Structure.TUMOR) != (second == Structure.TUMOR)
    return int(np.count_nonzero(differ))


def agreement(members: Sequence[Mask]) -> dict[str, float]:
    """Return the mean pairwise Dice of the members per scored structure, 1 for one member.

    `members` are the masks (z, y, x) behind a held-out prediction: its folds, or the eight
    mirrored passes of the only fold.

    Raises
    ------
    ValueError : there is no member, or the shapes differ.
    """
    cropped: list[NDArray[Any]] = list(_cropped(members))
    return {name: mean_pairwise_dice(cropped, name) for name in SCORED}


def rank(cases: Iterable[tuple[str, Suspicion]]) -> list[str]:
    """Return the ids, the most suspicious first; ties by larger disagreeing volume, then id.

    Cases with only a misfit follow those with a suspicion, by misfit; cases of which
    nothing is known come last, by id.
    """
    return [case for case, _ in sorted(cases, key=_rank_key)]


def _rank_key(case: tuple[str, Suspicion]) -> OrderKey:
    name, found = case
    return order_key(name, found.value, found.misfit, found.disagreeing_ml)


def order_key(
    case: str, value: float | None, misfit: float | None, disagreeing_ml: float
) -> OrderKey:
    """Return the ascending sort key of the default order, which `rank` describes."""
    if value is not None:
        return (0, -value, -disagreeing_ml, case)
    if misfit is not None:
        return (1, -misfit, -disagreeing_ml, case)
    return (2, 0.0, 0.0, case)
