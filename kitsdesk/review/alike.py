"""Which disagreements are most like one: how far apart they lie in what describes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kitsdesk.review.claims import number
from kitsdesk.review.components import Component
from kitsdesk.review.fold_patterns import differing_folds, differing_share

MOST = 24
OTHER_SIDE = 1.0
"""The other kidney counts as one standard deviation."""
UNKNOWN = 1.0
"""And so does a value that is known of one of the two only."""
OTHER_FOLDS = 2.0
"""All folds saying the opposite counts as two standard deviations, one of five as 0.4."""


@dataclass(frozen=True)
class Alike:
    """A component, its standardised distance to the one asked about, and that in words."""

    component: Component
    distance: float
    why: str


def most_alike(
    anchor: Component, candidates: Sequence[Component], everything: Sequence[Component]
) -> list[Alike]:
    """Return the candidates most like `anchor`, nearest first, at most 24.

    Only the same structure in the same direction is alike: a tumor missing in the reference
    is never like one too many. The distance is Euclidean over mean HU, logarithm of the
    volume and distance to the kidney, each divided by its standard deviation over
    `everything` of that kind, the share of folds that say otherwise (`differing_share`), and
    the side. Ties by volume, then id.
    """
    kind = [other for other in everything if _same_kind(anchor, other)]
    spreads = _spreads(kind)
    found = [
        Alike(other, _distance(anchor, other, spreads), _why(anchor, other))
        for other in candidates
        if _same_kind(anchor, other) and (other.case, other.key) != (anchor.case, anchor.key)
    ]
    found.sort(key=lambda one: (one.distance, -one.component.ml, one.component.case))
    return found[:MOST]


def _same_kind(one: Component, other: Component) -> bool:
    return (
        one.structure == other.structure
        and one.prediction_only == other.prediction_only
        and one.boundary == other.boundary
    )


def _features(found: Component) -> tuple[float | None, ...]:
    return (
        found.mean_hu,
        math.log(max(found.ml, 1e-3)),
        found.distance_mm,
    )


def _spreads(kind: Sequence[Component]) -> list[float]:
    """Return the standard deviation of each feature, 1 where it does not vary."""
    columns = zip(*(_features(found) for found in kind), strict=True)
    spreads = [float(np.std([v for v in column if v is not None] or [0.0])) for column in columns]
    return [spread if spread > 1e-9 else 1.0 for spread in spreads]


def _distance(one: Component, other: Component, spreads: Sequence[float]) -> float:
    total = OTHER_SIDE**2 if one.side != other.side else 0.0
    for mine, theirs, spread in zip(_features(one), _features(other), spreads, strict=True):
        if mine is None and theirs is None:
            continue
        apart = UNKNOWN if mine is None or theirs is None else (mine - theirs) / spread
        total += apart**2
    return math.sqrt(total + _folds_apart(one, other) ** 2)


def _folds_apart(one: Component, other: Component) -> float:
    """Return how far the fold patterns are apart, in standard deviations.

    Where a pattern was not kept, the numbers of agreeing folds say how many differ at least.
    """
    share = differing_share(one.fold_pattern, other.fold_pattern)
    if share is not None:
        return OTHER_FOLDS * share
    mine, theirs = one.agreeing, other.agreeing
    if mine is None or theirs is None:
        return 0.0 if mine is None and theirs is None else UNKNOWN
    return OTHER_FOLDS * abs(mine - theirs)


def _why(one: Component, other: Component) -> str:
    """Return for example "58 HU against 62, 3.1 ml against 2.4, 4 of 5 folds, 2 otherwise,
    same side": two of the folds do not say of `one` what they say of `other`."""
    words = [
        f"{number(other.mean_hu)} HU against {number(one.mean_hu)}",
        f"{other.ml:.1f} ml against {one.ml:.1f}",
    ]
    if other.distance_mm and other.distance_mm >= 1:
        words.append(f"{other.distance_mm:.0f} mm from the kidney")
    if other.folds and other.folds_agree is not None:
        words.append(f"{other.folds_agree} of {other.folds} folds")
        if one.fold_pattern and other.fold_pattern:
            differ = differing_folds(one.fold_pattern, other.fold_pattern)
            words.append(f"{differ or 'none'} otherwise")
    words.append("same side" if one.side == other.side else f"{other.side} side")
    return ", ".join(words)
