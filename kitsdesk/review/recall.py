"""How many of the wrong masks a review has found, how many it will, and when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.fault_model import NOTHING_PLANTED, Evidence, FaultModel, Planted, fit

# Below this many decisions the prior speaks louder than the reader.
ENOUGH_DECISIONS = 10
# Of the whole data set, as the curve's resolution.
POINTS = 60
# A 90 % interval everywhere.
LOW, HIGH = 5.0, 95.0
WANTED_RECALL = 0.9
LAST_BLOCK = 20


@dataclass(frozen=True)
class Interval:
    """A value with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RecallPoint:
    """The share of all wrong masks found once `reviewed` cases are reviewed."""

    reviewed: int
    recall: Interval


@dataclass(frozen=True)
class FaultEstimate:
    """What a review amounts to so far.

    `chances` gives for each case the chance that its mask is (still) wrong; `left` the
    number of wrong masks among the cases not reviewed, `missed` among those kept. `order`
    are the cases not reviewed, likeliest first; `curve` begins at the cases reviewed now;
    `model` gives the chance of a mask with other scores.
    """

    chances: dict[str, float]
    reviewed: int
    found: int
    total: int
    recall: Interval
    left: Interval
    missed: Interval
    skill: Interval
    planted: Planted
    order: tuple[str, ...]
    curve: tuple[RecallPoint, ...]
    rough: bool
    model: FaultModel = field(repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """Return for example "You have probably found 9 of 10 wrong masks (7 to 10)."."""
        if not self.reviewed:
            return "Nothing is reviewed yet."
        if not self.found and self.recall.low > 0.5:
            return "No wrong mask was found, and probably none is there."
        value, low, high = (
            round(10 * share) for share in (self.recall.value, self.recall.low, self.recall.high)
        )
        return f"You have probably found {value} of 10 wrong masks ({low} to {high})."


def estimate(
    cases: Sequence[Evidence], planted: Planted = NOTHING_PLANTED, seed: int = 0
) -> FaultEstimate:
    """Return the estimate for all cases of a project with a mask."""
    model = fit(cases, planted, seed)
    rng = np.random.default_rng(seed + 1)
    chances = model.after_verdict(cases)
    wrong = rng.random(chances.shape) < chances
    means = chances.mean(axis=0)
    verdicts = [case.found for case in cases]
    decided = np.array([verdict is not None for verdict in verdicts], bool)
    found = np.array([verdict is True for verdict in verdicts], bool)
    unread = [at for at, done in enumerate(decided) if not done]
    order = sorted(unread, key=lambda at: (-means[at], cases[at].case))
    would_find = rng.random(wrong.shape) < model.skill[:, None]
    curve = _curve(wrong, would_find, found, order)
    return FaultEstimate(
        chances={case.case: float(mean) for case, mean in zip(cases, means, strict=True)},
        reviewed=int(decided.sum()),
        found=int(found.sum()),
        total=len(cases),
        recall=curve[0].recall,
        left=_interval(wrong[:, ~decided].sum(axis=1)),
        missed=_interval(wrong[:, decided & ~found].sum(axis=1)),
        skill=_interval(model.skill),
        planted=planted,
        order=tuple(cases[at].case for at in order),
        curve=curve,
        rough=int(decided.sum()) < ENOUGH_DECISIONS,
        model=model,
    )


def advice(told: FaultEstimate) -> str:
    """Return whether to go on, in one or two sentences."""
    if not told.reviewed:
        return "Review the first cases of the list: the estimate needs about ten decisions."
    cases_left = len(told.order)
    if not cases_left:
        return _second_look(told) or "Every case is reviewed."
    next_finds = sum(told.chances[case] for case in told.order[:LAST_BLOCK]) * told.skill.value
    block = min(LAST_BLOCK, cases_left)
    reached = next(
        (point.reviewed for point in told.curve if point.recall.value >= WANTED_RECALL), None
    )
    left = _about(told.left)
    if told.rough:
        more = ENOUGH_DECISIONS - told.reviewed
        return f"A rough guess: it rests on {told.reviewed} decisions. Review {more} more first."
    short = round(10 * told.recall.value) < round(10 * WANTED_RECALL)
    if reached is not None and short:
        more = reached - told.reviewed
        cases = "1 more case" if more == 1 else f"{more} more cases"
        return f"Go on: after about {cases} you will probably have found 9 of 10."
    if next_finds >= 0.5:
        return f"Go on: the next {block} cases probably hold {next_finds:.1f} that you would find."
    second = _second_look(told)
    return second or f"You can stop: {left} among the {cases_left} cases not reviewed."


def _second_look(told: FaultEstimate) -> str:
    if told.missed.value >= 1 and told.missed.value > told.left.value:
        return (
            f"{_about(told.missed).capitalize()} among the kept cases: a second look at those "
            "would find more than going on."
        )
    return ""


def _about(number: Interval) -> str:
    count = round(number.value)
    if count == 0:
        return "probably no wrong mask is left"
    verb = "is" if count == 1 else "are"
    masks = "1 wrong mask" if count == 1 else f"{count} wrong masks"
    return f"about {masks} ({round(number.low)} to {round(number.high)}) {verb} left"


def _curve(
    wrong: NDArray[np.bool_],
    would_find: NDArray[np.bool_],
    found: NDArray[np.bool_],
    order: Sequence[int],
) -> tuple[RecallPoint, ...]:
    """Return the recall after 0, …, all of the open cases, reviewed in `order`."""
    total = wrong.sum(axis=1)
    already = int(found.sum())
    decided = wrong.shape[1] - len(order)
    later = np.cumsum((wrong & would_find)[:, list(order)], axis=1)
    points = []
    for more in sorted({round(step) for step in np.linspace(0, len(order), POINTS)}):
        got = already + (later[:, more - 1] if more else 0)
        share = np.where(total > 0, got / np.maximum(total, 1), 1.0)
        points.append(RecallPoint(decided + more, _interval(share)))
    return tuple(points)


def _interval(values: NDArray[np.generic]) -> Interval:
    numbers = np.asarray(values, np.float64)
    low, high = np.percentile(numbers, (LOW, HIGH))
    return Interval(float(numbers.mean()), float(low), float(high))
