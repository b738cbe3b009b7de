from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.volumes import slice_profiles, volume_rows


def test_ml_are_counted_per_structure_and_side(patient):
    prediction = patient.mask.copy()
    tumor = patient.ball((20, 45, 90), 10)
    prediction[tumor] = 2
    kidney, found = volume_rows(patient.mask, prediction, patient.volume)
    whole = np.count_nonzero(patient.mask[..., :60]) * patient.volume.voxel_ml
    lesion = tumor.sum() * patient.volume.voxel_ml
    assert (kidney.structure, kidney.label) == (1, "Kidney")
    assert kidney.right_reference == pytest.approx(whole)
    assert kidney.right_prediction == pytest.approx(whole)
    assert kidney.left_prediction == pytest.approx(whole - lesion)
    assert (found.label, found.right_prediction, found.left_reference) == ("Tumor", 0.0, 0.0)
    assert found.left_prediction == pytest.approx(lesion)


def test_cysts_have_a_row_only_where_there_are_any(patient):
    cyst = patient.mask.copy()
    cyst[patient.ball((20, 45, 30), 8)] = 3
    assert [row.label for row in volume_rows(patient.mask, cyst, patient.volume)] == [
        "Kidney",
        "Tumor",
        "Cyst",
    ]
    assert len(volume_rows(patient.mask, patient.mask, patient.volume)) == 2


def test_a_mask_that_is_not_there_has_no_ml(patient):
    kidney, tumor = volume_rows(None, patient.mask, patient.volume)
    assert kidney.left_reference is None
    assert tumor.right_reference is None
    assert kidney.left_prediction is not None
    assert volume_rows(None, None, patient.volume) == ()
    empty = np.zeros_like(patient.mask)
    assert volume_rows(empty, None, patient.volume)[0].left_reference == 0.0


def test_profiles_count_every_slice_of_every_axis(patient):
    prediction = patient.mask.copy()
    tumor = patient.ball((20, 45, 90), 10)
    prediction[tumor] = 2
    foreground, disagreeing = slice_profiles(patient.mask, prediction)
    for axis, (total, part) in enumerate(zip(foreground, disagreeing, strict=True)):
        others = tuple(other for other in range(3) if other != axis)
        assert np.array_equal(total, (patient.mask > 0).sum(axis=others))
        assert np.array_equal(part, tumor.sum(axis=others))


def test_profiles_without_a_prediction_disagree_nowhere(patient):
    foreground, disagreeing = slice_profiles(patient.mask, None)
    assert foreground[0].any()
    assert not any(values.any() for values in disagreeing)
    empty, _ = slice_profiles(np.zeros((2, 3, 4), np.uint8), None)
    assert [len(values) for values in empty] == [2, 3, 4]
