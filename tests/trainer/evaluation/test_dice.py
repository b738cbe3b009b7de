from __future__ import annotations

import math

import numpy as np
import pytest

from trainer.evaluation.dice import dice, kits_dice, mean_pairwise_dice


def test_kidney_is_everything_and_tumor_is_two_exactly():
    reference = np.array([[0, 1, 1, 2, 2, 3]], np.uint8)
    prediction = np.array([[1, 1, 2, 2, 0, 2]], np.uint8)
    scores = kits_dice(reference, prediction)
    assert scores.kidney == pytest.approx(2 * 4 / (5 + 5))
    assert scores.tumor == pytest.approx(2 * 1 / (2 + 3))
    assert scores.composite == pytest.approx((scores.kidney + scores.tumor) / 2)


def test_a_cyst_is_never_a_tumor():
    scores = kits_dice(np.full((2, 2), 3, np.uint8), np.full((2, 2), 2, np.uint8))
    assert (scores.kidney, scores.tumor) == (1.0, 0.0)


@pytest.mark.parametrize(("empty", "expected"), [("one", 1.0), ("nan", math.nan)])
def test_both_empty_follows_the_policy(empty, expected):
    scores = kits_dice(np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), empty)
    assert np.array_equal([scores.kidney, scores.tumor], [expected] * 2, equal_nan=True)


def test_one_empty_is_zero_under_both_policies():
    full, empty = np.ones((2, 2), np.uint8), np.zeros((2, 2), np.uint8)
    assert kits_dice(full, empty, "nan").kidney == 0
    assert kits_dice(empty, full, "one").kidney == 0


def test_agrees_with_the_plain_definition_on_random_masks():
    generator = np.random.default_rng(0)
    first, second = generator.integers(0, 4, (2, 7, 8, 9)).astype(np.uint8)
    scores = kits_dice(first, second)
    assert scores.kidney == pytest.approx(dice(first > 0, second > 0))
    assert scores.tumor == pytest.approx(dice(first == 2, second == 2))


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        kits_dice(np.zeros((2, 2), np.uint8), np.zeros((2, 3), np.uint8))


def test_agreement_is_the_mean_over_pairs():
    one = np.array([1, 1, 0, 0], np.uint8)
    other = np.array([1, 0, 0, 0], np.uint8)
    assert mean_pairwise_dice([one, other, one], "kidney") == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert mean_pairwise_dice([one], "kidney") == 1.0
    assert mean_pairwise_dice([one, other], "tumor") == 1.0
