from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.reasons import reasons
from kitsdesk.review.rows import Chip
from kitsdesk.review.suspicion import Suspicion

QUIET = Suspicion(value=0.0, mark="")
SPACING = (3.0, 2.0, 2.0)


def texts(mask, prediction, suspicion=QUIET):
    return [chip.text for chip in reasons(mask, prediction, SPACING, suspicion)]


def with_ball(patient, centre, radius, structure):
    changed = patient.mask.copy()
    changed[patient.ball(centre, radius)] = structure
    return changed


def test_a_mask_that_the_prediction_confirms_has_no_chip(patient):
    assert texts(patient.mask, patient.mask) == []
    assert texts(patient.mask, None) == []


def test_a_missed_tumor_is_a_warning_and_comes_first(patient):
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    chips = reasons(patient.mask, prediction, SPACING, Suspicion(value=1.0, misfit=0.9, mark=""))
    why = "Networks trained on it contradict it: misfit 0.90"
    assert chips == (Chip("tumor missed", "warning"), Chip("misfit", why=why))


def test_a_tumor_outlined_otherwise_is_not_missed(patient):
    mask = with_ball(patient, (14, 45, 90), 5, 2)
    prediction = with_ball(patient, (16, 46, 92), 10, 2)
    assert texts(mask, prediction) == []


def test_a_tumor_below_one_ml_is_no_reason(patient):
    assert texts(patient.mask, with_ball(patient, (20, 45, 90), 5, 2)) == []


def test_a_tumor_that_only_the_mask_has(patient):
    assert texts(with_ball(patient, (14, 45, 90), 9, 2), patient.mask) == ["tumor not predicted"]


def test_something_else_called_kidney(patient):
    mask = with_ball(patient, (34, 20, 60), 16, 1)
    assert texts(mask, patient.mask) == ["outside kidneys", "kidney count"]


def test_a_missed_kidney_is_told_and_an_operated_patient_is_not(patient):
    one = patient.mask.copy()
    one[..., :60] = 0
    assert texts(one, patient.mask) == ["kidney missed", "kidney count"]
    assert texts(one, one) == []
    assert texts(one, None) == []


def test_an_empty_mask_of_a_patient_with_kidneys(patient):
    empty = np.zeros_like(patient.mask)
    assert texts(empty, patient.mask) == ["kidney missed", "kidney count"]
    assert texts(empty, empty) == []


def test_holes_are_told_when_the_prediction_fills_them(patient):
    mask = with_ball(patient, (20, 45, 90), 9, 0)
    assert texts(mask, patient.mask) == ["holes"]
    assert texts(mask, mask) == []
    assert texts(mask, None) == []
    assert texts(with_ball(patient, (20, 45, 90), 17, 0), None) == ["holes"]


@pytest.mark.parametrize(
    ("suspicion", "chips"),
    [
        (Suspicion(value=0.1, mark="by mirroring"), ["by mirroring"]),
        (Suspicion(value=0.1, mark="one member", misfit=0.29), ["one member"]),
        (Suspicion(misfit=0.05, mark="misfit only"), ["misfit only"]),
        (Suspicion(), []),
    ],
)
def test_marks_become_chips(patient, suspicion, chips):
    assert texts(patient.mask, None, suspicion) == chips


def test_without_a_mask_only_the_mark_is_told(patient):
    assert texts(None, patient.mask, Suspicion(mark="by mirroring")) == ["by mirroring"]
    assert texts(None, None, Suspicion()) == []


def test_a_reason_beside_a_low_suspicion_is_told_without_a_warning(patient):
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    chips = reasons(patient.mask, prediction, SPACING, Suspicion(value=0.2, mark=""))
    assert chips == (Chip("tumor missed"),)
