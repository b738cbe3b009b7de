from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kitsdesk.review.foreground_box import foreground_box, slices_of
from kitsdesk.review.suspicion import (
    Suspicion,
    agreement,
    disagreeing_voxels,
    rank,
    score_case,
)
from trainer.evaluation.dice import kits_dice, mean_pairwise_dice

FULL = {"kidney": 1.0, "tumor": 1.0}
masks = arrays(np.uint8, (3, 4, 5), elements=st.integers(0, 3))


def kidney_mask(tumor: bool) -> np.ndarray:
    mask = np.zeros((6, 10, 12), np.uint8)
    mask[1:5, 2:6, 2:6] = 1
    if tumor:
        mask[2:4, 3:5, 3:5] = 2
    return mask


def test_a_missed_tumor_with_agreeing_folds_is_most_suspicious():
    found = score_case(kidney_mask(False), kidney_mask(True), FULL, "folds", None, 0.5)
    assert found.tumor_dice == 0.0
    assert found.kidney_dice == 1.0
    assert found.value == 1.0
    assert found.mark == ""
    assert found.disagreeing_ml == pytest.approx(8 * 0.5)


def test_disagreeing_members_lower_the_suspicion_of_their_own_structure():
    split = {"kidney": 0.9, "tumor": 0.3}
    found = score_case(kidney_mask(False), kidney_mask(True), split, "folds", None, 1.0)
    assert found.value == pytest.approx(0.3)
    assert found.agreement == 0.3


def test_the_larger_structure_decides():
    half = kidney_mask(True)
    half[1:3] = 0
    split = {"kidney": 0.8, "tumor": 0.1}
    found = score_case(half, kidney_mask(True), split, "folds", None, 1.0)
    dice = kits_dice(half, kidney_mask(True))
    assert found.value == pytest.approx(max((1 - dice.kidney) * 0.8, (1 - dice.tumor) * 0.1))
    assert found.agreement == 0.8


def test_two_empty_masks_agree():
    empty = np.zeros((3, 3, 3), np.uint8)
    found = score_case(empty, empty, FULL, "folds", None, 1.0)
    assert (found.kidney_dice, found.tumor_dice, found.value) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("members", "mark"), [("folds", ""), ("mirrors", "by mirroring"), ("one", "one member")]
)
def test_the_mark_says_what_the_members_are(members, mark):
    mask = kidney_mask(True)
    assert score_case(mask, mask, FULL, members, None, 1.0).mark == mark


def test_no_known_agreement_counts_as_one_member():
    found = score_case(kidney_mask(False), kidney_mask(True), None, None, None, 1.0)
    assert found.mark == "one member"
    assert (found.value, found.agreement_tumor) == (1.0, 1.0)


def test_without_held_out_prediction_only_the_misfit_is_known():
    found = score_case(kidney_mask(False), None, None, None, kidney_mask(True), 0.25)
    assert found.mark == "misfit only"
    assert (found.value, found.tumor_dice, found.agreement) == (None, None, None)
    assert found.misfit == 1.0
    assert found.disagreeing_ml == pytest.approx(2.0)


def test_misfit_stands_beside_the_suspicion_and_does_not_change_it():
    mask = kidney_mask(True)
    found = score_case(mask, mask, FULL, "mirrors", kidney_mask(False), 1.0)
    assert found.value == 0.0
    assert found.misfit == 1.0


def test_without_prediction_or_without_mask_there_is_no_value():
    assert score_case(kidney_mask(True), None, None, None, None, 1.0) == Suspicion()
    found = score_case(None, kidney_mask(True), {"kidney": 0.9, "tumor": 0.7}, "folds", None, 1.0)
    assert (found.value, found.kidney_dice, found.disagreeing_ml) == (None, None, 0.0)
    assert (found.agreement_kidney, found.agreement_tumor) == (0.9, 0.7)


def test_different_shapes_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        score_case(kidney_mask(True), np.zeros((1, 2, 3), np.uint8), FULL, "folds", None, 1.0)


@settings(max_examples=60, deadline=None)
@given(working=masks, heldout=masks, weight=st.floats(0, 1))
def test_suspicion_is_the_definition_word_for_word(working, heldout, weight):
    found = score_case(
        working, heldout, {"kidney": weight, "tumor": 1 - weight}, "folds", None, 1.0
    )
    dice = kits_dice(working, heldout)
    assert found.kidney_dice == pytest.approx(dice.kidney)
    assert found.tumor_dice == pytest.approx(dice.tumor)
    expected = max((1 - dice.kidney) * weight, (1 - dice.tumor) * (1 - weight))
    assert found.value == pytest.approx(expected)
    assert 0.0 <= found.value <= 1.0
    differ = ((working > 0) != (heldout > 0)) | ((working == 2) != (heldout == 2))
    assert disagreeing_voxels(working, heldout) == differ.sum()


@settings(max_examples=30, deadline=None)
@given(st.lists(masks, min_size=1, max_size=4))
def test_agreement_is_the_mean_pairwise_dice_of_the_whole_masks(members):
    expected = {name: mean_pairwise_dice(members, name) for name in ("kidney", "tumor")}
    assert agreement(members) == pytest.approx(expected)


def test_rank_breaks_ties_by_volume_then_id_and_puts_misfit_after_suspicion():
    cases = [
        ("case_f", Suspicion()),
        ("case_e", Suspicion(misfit=0.9, mark="misfit only")),
        ("case_d", Suspicion(value=0.2, mark="")),
        ("case_c", Suspicion(value=0.8, disagreeing_ml=1.0, mark="")),
        ("case_b", Suspicion(value=0.8, disagreeing_ml=1.0, mark="")),
        ("case_a", Suspicion(value=0.8, disagreeing_ml=5.0, mark="")),
        ("case_0", Suspicion()),
        ("case_g", Suspicion(misfit=0.95, mark="misfit only")),
    ]
    order = ["case_a", "case_b", "case_c", "case_d", "case_g", "case_e", "case_0", "case_f"]
    assert rank(cases) == order


@settings(max_examples=40, deadline=None)
@given(st.lists(masks, min_size=1, max_size=3))
def test_the_foreground_box_holds_all_foreground_and_is_tight(members):
    box = foreground_box(members)
    union = np.any([mask > 0 for mask in members], axis=0)
    if box is None:
        assert not union.any()
        return
    inner = union[slices_of(box)]
    assert inner.sum() == union.sum()
    for axis in range(3):
        assert inner.take(0, axis).any()
        assert inner.take(-1, axis).any()
