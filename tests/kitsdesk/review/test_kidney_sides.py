from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.kidney_sides import body_centre, kidney_sides


def test_the_midline_is_halfway_between_two_kidneys(patient):
    sides = kidney_sides(patient.volume, [patient.mask])
    assert sides.midline == pytest.approx(60, abs=0.5)
    assert (sides.side_of(90), sides.side_of(30)) == ("left", "right")
    assert sides.left == sides.right == (10, 31)


def test_a_single_kidney_has_its_side_by_the_body(patient):
    for lost, side in ((slice(0, 60), "left"), (slice(60, None), "right")):
        single = patient.mask.copy()
        single[..., lost] = 0
        sides = kidney_sides(patient.volume, [single])
        assert sides.midline == pytest.approx(60, abs=2)
        centre = np.nonzero(single)[2].mean()
        assert sides.side_of(centre) == side
        assert (sides.left is None) != (sides.right is None)


def test_two_large_parts_on_one_side_do_not_move_the_midline(patient):
    wrong = np.zeros_like(patient.mask)
    wrong[patient.ball((20, 40, 75), 15)] = 1
    wrong[patient.ball((20, 40, 100), 15)] = 1
    assert kidney_sides(patient.volume, [wrong]).midline == pytest.approx(60, abs=2)


def test_what_only_one_mask_calls_kidney_does_not_stretch_the_kidney(patient):
    wrong = patient.mask.copy()
    wrong[patient.ball((36, 45, 90), 10)] = 1
    assert kidney_sides(patient.volume, [wrong, patient.mask]).left == (10, 31)


def test_a_table_does_not_pull_the_body_centre(patient):
    patient.volume.array[:, 78:, 90:] = 200
    assert body_centre(patient.volume) == pytest.approx(60, abs=2)


def test_air_alone_has_its_centre_in_the_middle(patient):
    patient.volume.array[...] = -1000
    sides = kidney_sides(patient.volume, [np.zeros_like(patient.mask)])
    assert sides.midline == pytest.approx(59.5)
    assert sides.pole_of("left", 0, 5, 2) == ""
