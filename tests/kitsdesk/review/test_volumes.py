from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.volumes import slice_profiles, volume_rows


def test_ml_are_counted_per_structure_and_side(patient):
    prediction = patient.mask.copy()
    tumor = patient.ball((20, 45, 90), 10)
    prediction[tumor] = 2
    kidney, found = volume_rows(patient.volume, patient.mask, prediction)
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
    assert [row.label for row in volume_rows(patient.volume, patient.mask, cyst)] == [
        "Kidney",
        "Tumor",
        "Cyst",
    ]
    assert len(volume_rows(patient.volume, patient.mask, patient.mask)) == 2


def test_a_mask_that_is_not_there_has_no_ml(patient):
    kidney, tumor = volume_rows(patient.volume, None, patient.mask)
    assert kidney.left_reference is None
    assert tumor.right_reference is None
    assert kidney.left_prediction is not None
    assert volume_rows(patient.volume, None, None) == ()
    empty = np.zeros_like(patient.mask)
    assert volume_rows(patient.volume, empty, None)[0].left_reference == 0.0


def test_profiles_are_areas_of_every_slice_of_every_axis(patient):
    prediction = patient.mask.copy()
    tumor = patient.ball((20, 45, 90), 10)
    prediction[tumor] = 2
    profiles = slice_profiles(patient.mask, prediction, patient.volume.spacing)
    assert profiles is not None
    assert [len(values) for values in profiles.area] == list(patient.mask.shape)
    assert profiles.area[0][20] == pytest.approx(np.count_nonzero(patient.mask[20]) * 4.0)
    assert profiles.area[0][5] == 0.0
    for axis, step in enumerate(patient.volume.spacing):
        assert profiles.disagreement[axis].sum() * step == pytest.approx(tumor.sum() * 12.0)
    assert int(profiles.disagreement[2].argmax()) == 90


def test_profiles_without_a_second_mask_disagree_nowhere(patient):
    profiles = slice_profiles(patient.mask, None, patient.volume.spacing)
    assert profiles is not None
    assert not any(values.any() for values in profiles.disagreement)
    assert slice_profiles(None, None, (1.0, 1.0, 1.0)) is None
    empty = slice_profiles(np.zeros((2, 3, 4), np.uint8), None, (1.0, 1.0, 1.0))
    assert empty is not None
    assert [len(values) for values in empty.area] == [2, 3, 4]
