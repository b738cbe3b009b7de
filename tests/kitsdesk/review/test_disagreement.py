from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kitsdesk.review.disagreement import SMALLEST_ML, agrees, find_disagreements
from kitsdesk.review.foreground_box import slices_of
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

masks = arrays(np.uint8, (4, 5, 6), elements=st.integers(0, 3))


def grid(shape, spacing=(5.0, 5.0, 5.0)) -> Volume:
    z, y, x = shape
    geometry = Geometry((x, y, z), spacing[::-1], (0, 0, 0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    return Volume(np.full(shape, 30, np.int16), geometry)


def test_a_missed_tumor_is_one_disagreement_with_its_place_and_density(patient):
    tumor = patient.ball((12, 45, 92), 9)
    prediction = patient.mask.copy()
    prediction[tumor] = 2
    patient.volume.array[tumor] = 60
    [found] = find_disagreements(patient.mask, prediction, patient.volume)
    assert (found.structure, found.prediction_only) == (2, True)
    assert found.ml == pytest.approx(tumor.sum() * patient.volume.voxel_ml)
    assert (found.side, found.pole) == ("left", "lower pole")
    assert found.mean_hu == 60
    assert found.kidney_hu == 160
    assert tumor[found.centre]
    assert (found.folds_agree, found.folds, found.held_out) == (None, None, None)
    assert np.array_equal(tumor[slices_of(found.box)], found.crop)


def test_kidney_only_in_the_reference_at_the_right_upper_pole(patient):
    wrong = patient.mask.copy()
    extra = patient.ball((30, 45, 30), 10) & (patient.mask == 0)
    wrong[extra] = 1
    [found] = find_disagreements(wrong, patient.mask, patient.volume)
    assert (found.structure, found.prediction_only) == (1, False)
    assert (found.side, found.pole) == ("right", "upper pole")


def test_a_whole_missing_kidney_lies_at_no_pole(patient):
    one = patient.mask.copy()
    one[..., :60] = 0
    [found] = find_disagreements(one, patient.mask, patient.volume)
    assert (found.structure, found.prediction_only, found.side, found.pole) == (
        1,
        True,
        "right",
        "",
    )


def test_parts_come_largest_first_and_crumbs_are_left_out(patient):
    prediction = patient.mask.copy()
    for centre, radius in (((20, 45, 90), 6), ((20, 45, 30), 12), ((5, 10, 60), 2)):
        prediction[patient.ball(centre, radius)] = 2
    found = find_disagreements(patient.mask, prediction, patient.volume)
    assert [part.side for part in found] == ["right", "left"]
    assert found[0].ml > found[1].ml >= SMALLEST_ML


def test_a_part_of_exactly_the_smallest_volume_is_listed():
    volume = grid((3, 5, 9), (2.0, 5.0, 5.0))
    reference, prediction = np.zeros((2, 3, 5, 9), np.uint8)
    prediction[1, 2, 2:4] = 1
    [found] = find_disagreements(reference, prediction, volume)
    assert found.ml == pytest.approx(0.1)


def test_kidney_against_cyst_is_no_disagreement(patient):
    cyst = patient.mask.copy()
    cyst[patient.ball((20, 45, 90), 8)] = 3
    assert find_disagreements(patient.mask, cyst, patient.volume) == []


@pytest.mark.parametrize("swap", [False, True])
def test_folds_that_say_what_the_prediction_says_are_counted(patient, swap):
    tumor = patient.ball((20, 45, 90), 9)
    with_tumor = patient.mask.copy()
    with_tumor[tumor] = 2

    def votes(structure):
        return np.where(tumor, 4 if structure == 2 else 0, 0)

    pair = (with_tumor, patient.mask) if swap else (patient.mask, with_tumor)
    [found] = find_disagreements(*pair, patient.volume, votes, folds=5, held_out=1)
    assert (found.folds_agree, found.folds, found.held_out) == (1 if swap else 4, 5, 1)


def test_folds_are_left_out_where_they_are_not_known(patient):
    one = patient.mask.copy()
    one[..., :60] = 0
    for votes, folds in ((None, 5), (lambda structure: None, 5), (lambda structure: one, 0)):
        [found] = find_disagreements(
            one, patient.mask, patient.volume, votes, folds=folds, held_out=1
        )
        assert (found.folds_agree, found.folds, found.held_out) == (None, None, None)


def test_a_crescent_has_its_centre_inside(patient):
    outer = patient.ball((20, 45, 30), 30) & ~patient.ball((20, 45, 30), 20)
    wrong = patient.mask.copy()
    wrong[outer] = 1
    for part in find_disagreements(patient.mask, wrong, patient.volume):
        assert outer[part.centre]
        z = part.centre[0] - part.box[0]
        assert part.crop[z].sum() == part.crop.sum(axis=(1, 2)).max()


def test_empty_masks_have_no_disagreements(patient):
    empty = np.zeros_like(patient.mask)
    assert find_disagreements(empty, empty, patient.volume) == []


@settings(max_examples=60, deadline=None)
@given(reference=masks, prediction=masks)
def test_every_differing_voxel_is_in_exactly_one_part(reference, prediction):
    covered = np.zeros(reference.shape, int)
    found = find_disagreements(reference, prediction, grid(reference.shape))
    for part in found:
        covered[slices_of(part.box)] += part.crop
        assert covered[part.centre] == 1
    differ = ((reference > 0) != (prediction > 0)) | ((reference == 2) != (prediction == 2))
    assert np.array_equal(covered, differ.astype(int))
    assert [part.ml for part in found] == sorted((part.ml for part in found), reverse=True)


@settings(max_examples=40, deadline=None)
@given(reference=masks, prediction=masks)
def test_taking_every_part_leaves_nothing_to_disagree_on(reference, prediction):
    working = reference.copy()
    for part in find_disagreements(reference, prediction, grid(reference.shape)):
        before, cut = working.copy(), slices_of(part.box)
        working[cut] = np.where(part.crop, prediction[cut], working[cut])
        assert agrees(part, working[cut], prediction[cut])
        outside = np.ones(working.shape, bool)
        outside[cut] = ~part.crop
        assert np.array_equal(working[outside], before[outside])
    assert find_disagreements(working, prediction, grid(reference.shape)) == []


def test_keeping_the_reference_undoes_taking_the_prediction(patient):
    prediction = patient.mask.copy()
    prediction[patient.ball((20, 45, 90), 9)] = 2
    [part] = find_disagreements(patient.mask, prediction, patient.volume)
    cut = slices_of(part.box)
    working = patient.mask.copy()
    working[cut] = np.where(part.crop, prediction[cut], working[cut])
    assert working.dtype == np.uint8
    assert not agrees(part, working[cut], patient.mask[cut])
    working[cut] = np.where(part.crop, patient.mask[cut], working[cut])
    assert np.array_equal(working, patient.mask)
