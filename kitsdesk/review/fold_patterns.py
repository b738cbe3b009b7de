"""Which folds stand behind a disagreement, and in how many of them two disagreements differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FoldVote:
    """What one fold of a model says of a disagreement: `agrees` with the prediction in at
    least half of its voxels, `saw` the case in training."""

    model: str
    fold: int
    saw: bool
    agrees: bool


FoldPattern = tuple[FoldVote, ...]


def differing_folds(one: FoldPattern, other: FoldPattern) -> int:
    """Return how many folds say otherwise in one pattern than in the other.

    A fold is held against itself where it saw both cases or neither. After five-fold
    cross-validation another fold is held out in every case: those left over are held against
    a fold of the other pattern that stands as they do, in order, held out against held out.
    A fold that has no counterpart differs.
    """
    pairs = _pairs(one, other)
    alike = sum(mine.agrees == theirs.agrees for mine, theirs in pairs)
    return max(len(one), len(other)) - alike


def differing_share(one: FoldPattern, other: FoldPattern) -> float | None:
    """Return the share of folds that say otherwise, 0 to 1; None where a pattern is empty."""
    if not one or not other:
        return None
    return differing_folds(one, other) / max(len(one), len(other))


def _pairs(one: FoldPattern, other: FoldPattern) -> list[tuple[FoldVote, FoldVote]]:
    theirs = {(vote.model, vote.fold, vote.saw): vote for vote in other}
    pairs, lonely = [], []
    for vote in one:
        same = theirs.pop((vote.model, vote.fold, vote.saw), None)
        if same is None:
            lonely.append(vote)
        else:
            pairs.append((vote, same))
    left = list(theirs.values())
    for saw in (False, True):
        pairs += zip(_standing(lonely, saw), _standing(left, saw), strict=False)
    return pairs


def _standing(votes: Sequence[FoldVote], saw: bool) -> list[FoldVote]:
    return [vote for vote in votes if vote.saw == saw]
