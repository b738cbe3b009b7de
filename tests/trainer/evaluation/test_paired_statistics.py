from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import bootstrap, wilcoxon

from trainer.evaluation.paired_statistics import METHODS, paired_difference


def test_a_real_gain_has_an_interval_above_zero():
    generator = np.random.default_rng(1)
    before = generator.uniform(0.5, 0.9, 40)
    after = before + generator.normal(0.05, 0.02, 40)
    result = paired_difference(before, after)
    assert result.low is not None
    assert 0 < result.low < result.mean_difference < result.high
    assert result.mean_difference == pytest.approx(result.mean_after - result.mean_before)
    assert result.p_value == pytest.approx(wilcoxon(after - before).pvalue)
    assert result == paired_difference(before, after)


def test_the_interval_covers_a_true_zero_about_as_often_as_it_says():
    generator = np.random.default_rng(2)
    covered = 0
    for _ in range(60):
        result = paired_difference(np.zeros(30), generator.normal(0, 1, 30))
        covered += result.low <= 0 <= result.high
    assert covered >= 50


def test_nan_cases_are_left_out_and_nothing_left_is_refused():
    result = paired_difference(np.array([0.5, np.nan]), np.array([0.7, 0.9]))
    assert (result.n, result.low, result.better) == (1, None, 1)
    with pytest.raises(ValueError, match="no case"):
        paired_difference(np.array([np.nan]), np.array([0.1]))


def test_no_change_has_no_p_value():
    result = paired_difference(np.ones(3), np.ones(3))
    assert (result.mean_difference, result.p_value, result.worse) == (0.0, None, 0)


@pytest.mark.parametrize("n", [8, 25, 60])
def test_the_interval_is_scipys_bootstrap(n):
    generator = np.random.default_rng(n)
    change = generator.gamma(2, 0.03, n) - 0.02
    result = paired_difference(np.full(n, 0.5), 0.5 + change)
    theirs = bootstrap(
        (change,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(9)
    ).confidence_interval
    # Two runs of 10,000 and 20,000 resamples differ by this much of the interval's width.
    slack = 0.04 * (theirs.high - theirs.low)
    assert result.low == pytest.approx(theirs.low, abs=slack)
    assert result.high == pytest.approx(theirs.high, abs=slack)


def test_the_interval_is_that_of_ten_thousand_seeded_resamples():
    change = np.array([0.11, -0.02, 0.07, 0.31, -0.05, 0.13, 0.04, 0.29])
    generator = np.random.default_rng(12345)
    drawn = [change[generator.integers(0, 8, (1000, 8))].mean(axis=1) for _ in range(10)]
    result = paired_difference(np.zeros(8), change)
    assert (result.low, result.high) == tuple(np.percentile(np.concatenate(drawn), [2.5, 97.5]))
    assert "95 %" in METHODS["interval"]
    assert "10000 resamples, seed 12345" in METHODS["interval"]


def signed_rank_p(change: list[float]) -> float:
    """The two-sided p of Wilcoxon's test by going through all 2^n signs."""
    kept = [value for value in change if value]
    sizes = sorted(abs(value) for value in kept)
    rank = {size: 1 + np.mean([i for i, s in enumerate(sizes) if s == size]) for size in sizes}
    ranks = [rank[abs(value)] for value in kept]
    seen = sum(r for r, value in zip(ranks, kept, strict=True) if value > 0)
    sums = [
        sum(r for r, positive in zip(ranks, signs, strict=True) if positive)
        for signs in itertools.product((False, True), repeat=len(kept))
    ]
    low = np.mean([total <= seen for total in sums])
    high = np.mean([total >= seen for total in sums])
    return min(1.0, 2 * min(low, high))


def test_wilcoxon_equals_all_signs_gone_through():
    change = [0.11, -0.02, 0.07, 0.31, -0.05, 0.13, 0.04, 0.29]
    result = paired_difference(np.zeros(8), np.array(change))
    assert result.p_value == pytest.approx(signed_rank_p(change))


def test_cases_without_a_difference_do_not_enter_wilcoxon():
    change = np.array([0.11, -0.02, 0.07, 0.31, -0.05, 0.13, 0.04, 0.29])
    with_zeros = np.concatenate([change, np.zeros(3)])
    p_value = paired_difference(np.zeros(11), with_zeros).p_value
    # Left out, they change no rank; only how the p is found may differ (exact or normal).
    assert p_value == pytest.approx(signed_rank_p(list(with_zeros)), abs=0.03)
    assert "left out" in METHODS["p_value"]


def test_equal_differences_share_a_rank():
    change = [0.1, 0.1, -0.1, 0.2, 0.2, 0.3, 0.3, -0.05, 0.4, 0.4]
    p_value = paired_difference(np.zeros(10), np.array(change)).p_value
    assert p_value == pytest.approx(signed_rank_p(change), abs=0.03)
