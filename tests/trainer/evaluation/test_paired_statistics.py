from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import wilcoxon

from trainer.evaluation.paired_statistics import paired_difference


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
