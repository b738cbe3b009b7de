from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.reasons import problem_chips, reasons
from kitsdesk.review.rows import Chip
from kitsdesk.review.suspicion import Suspicion
from trainer.imaging.geometry import Geometry, GeometryMismatch, require_same

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
    lacking = "The prediction has a tumor of 3.2 ml, the mask has none anywhere"
    assert chips == (Chip("tumor missed", "warning", lacking), Chip("misfit", why=why))


def test_a_tumor_outlined_otherwise_is_not_missed(patient):
    mask = with_ball(patient, (14, 45, 90), 5, 2)
    prediction = with_ball(patient, (16, 46, 92), 10, 2)
    assert texts(mask, prediction) == []


def test_a_tumor_below_one_ml_is_no_reason(patient):
    assert texts(patient.mask, with_ball(patient, (20, 45, 90), 5, 2)) == []


def test_a_tumor_that_only_the_mask_has(patient):
    assert texts(with_ball(patient, (14, 45, 90), 9, 2), patient.mask) == ["tumor only in mask"]


def test_something_else_called_kidney(patient):
    mask = with_ball(patient, (34, 20, 60), 16, 1)
    assert texts(mask, patient.mask) == ["far from any kidney", "kidney count"]


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
    assert [(chip.text, chip.kind) for chip in chips] == [("tumor missed", "plain")]


def test_a_second_tumor_that_only_the_prediction_has(patient):
    mask = with_ball(patient, (14, 45, 90), 9, 2)
    prediction = mask.copy()
    prediction[patient.ball((26, 45, 30), 9)] = 2
    [chip] = reasons(mask, prediction, SPACING, Suspicion(value=0.5, mark=""))
    assert (chip.text, chip.kind) == ("tumor only in prediction", "warning")
    assert chip.why == (
        "The prediction has a tumor of 3.2 ml, the mask has none within 10 mm of it"
    )


def test_a_part_far_from_any_kidney_is_told_without_a_prediction_too(patient):
    mask = with_ball(patient, (34, 20, 60), 8, 1)
    [chip] = reasons(mask, None, SPACING, Suspicion())
    assert chip.text == "far from any kidney"
    assert chip.kind == "warning"
    assert chip.why == "A part of 2.2 ml lies 59 mm from any kidney"
    near = with_ball(patient, (20, 45, 74), 7, 1)
    assert texts(near, None) == [], "4 mm beside the kidney"


def test_something_beside_a_kidney_that_the_prediction_does_not_know(patient):
    mask = with_ball(patient, (20, 45, 74), 7, 1)
    assert texts(mask, patient.mask) == ["outside kidneys"]


def test_a_tumor_full_of_holes_as_a_threshold_leaves_it(patient):
    mask = with_ball(patient, (14, 45, 90), 14, 2)
    assert texts(mask, None) == []
    rng = np.random.default_rng(3)
    holes = patient.ball((14, 45, 90), 11) & (rng.random(mask.shape) < 0.3)
    mask[holes] = 0
    [chip] = reasons(mask, None, SPACING, Suspicion())
    assert chip.text == "holes"
    assert "as a threshold leaves it" in chip.why


def test_every_chip_says_why(patient):
    mask = with_ball(patient, (34, 20, 60), 16, 1)
    mask[..., 70:] = 0
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    chips = reasons(mask, prediction, SPACING, Suspicion(value=0.9, misfit=0.9, mark="one member"))
    assert len(chips) >= 5
    assert all(chip.why for chip in chips)
    kinds = [chip.kind for chip in chips]
    assert kinds == sorted(kinds, key=lambda kind: kind != "warning"), "warnings come first"


def test_a_mask_on_another_grid_is_a_reason():
    grid = Geometry((4, 5, 6), (1, 1, 3), (0, 0, 0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    other = Geometry((4, 5, 7), (1, 1, 3), (0, 0, 0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    with pytest.raises(GeometryMismatch) as refused:
        require_same(other, grid, "segmentation.nii.gz")
    [chip] = problem_chips(refused.value.happened)
    assert (chip.text, chip.kind) == ("geometry mismatch", "warning")
    assert "the size differs" in chip.why
    assert problem_chips("The file ends early.") == ()
