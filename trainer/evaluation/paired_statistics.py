"""Whether one set of predictions is better than another on the same cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wilcoxon

RESAMPLES = 10_000
SEED = 12345
# What the figures are, in the words that go beside them.
METHODS: dict[str, str] = {
    "interval": f"95 % percentile bootstrap of the mean difference over cases, {RESAMPLES} "
    f"resamples, seed {SEED}",
    "p_value": "Wilcoxon signed-rank, two-sided; cases without a difference are left out, "
    "equal differences share their mean rank",
}


@dataclass(frozen=True)
class PairedDifference:
    """After minus before over `n` cases: mean with its 95 % interval, and Wilcoxon's p.

    `low` and `high` are None below two cases, `p_value` where no case differs. METHODS says
    how they are found.
    """

    n: int
    mean_before: float
    mean_after: float
    mean_difference: float
    low: float | None
    high: float | None
    p_value: float | None
    better: int
    worse: int


def paired_difference(
    before: NDArray[np.float64], after: NDArray[np.float64], seed: int = SEED
) -> PairedDifference:
    """Return the paired comparison of two score vectors, one entry per case.

    Cases that are NaN in either are left out. The interval is the percentile bootstrap of
    the mean difference over cases, seeded, so that it is the same on every computer.

    Raises
    ------
    ValueError : the vectors' lengths differ, or no case is left.
    """
    if before.shape != after.shape:
        raise ValueError("one score per case in both")
    kept = ~(np.isnan(before) | np.isnan(after))
    before, after = before[kept], after[kept]
    if before.size == 0:
        raise ValueError("no case is scored in both")
    difference = after - before
    low, high = _bootstrap_interval(difference, seed)
    return PairedDifference(
        n=int(difference.size),
        mean_before=float(before.mean()),
        mean_after=float(after.mean()),
        mean_difference=float(difference.mean()),
        low=low,
        high=high,
        p_value=_wilcoxon(difference),
        better=int(np.count_nonzero(difference > 0)),
        worse=int(np.count_nonzero(difference < 0)),
    )


def _wilcoxon(difference: NDArray[np.float64]) -> float | None:
    if not np.any(difference):
        return None
    return float(wilcoxon(difference, zero_method="wilcox", alternative="two-sided").pvalue)


def _bootstrap_interval(
    difference: NDArray[np.float64], seed: int
) -> tuple[float | None, float | None]:
    if difference.size < 2:
        return None, None
    generator = np.random.default_rng(seed)
    means = np.empty(RESAMPLES)
    for start in range(0, RESAMPLES, 1000):
        drawn = generator.integers(0, difference.size, (1000, difference.size))
        means[start : start + 1000] = difference[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
