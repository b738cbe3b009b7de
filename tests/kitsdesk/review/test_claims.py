from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kitsdesk.review.claims import claim_detail, claim_sentence, claim_title, number
from kitsdesk.review.disagreement import Disagreement

MISSED = Disagreement(
    structure=2,
    prediction_only=True,
    ml=12.34,
    box=(0, 1, 0, 1, 0, 1),
    crop=np.ones((1, 1, 1), bool),
    centre=(0, 0, 0),
    mean_hu=41.2,
    kidney_hu=33.4,
    folds_agree=5,
    folds=5,
    held_out=1,
    side="left",
    pole="lower pole",
)


def test_a_missed_tumor_reads_as_in_the_design():
    assert claim_title(MISSED) == "Tumor missing in the reference, left lower pole"
    assert claim_detail(MISSED) == "12.3 ml, 5 of 5 folds, 41 HU against kidney 33"


def test_what_only_the_reference_has_and_a_real_minus():
    found = replace(
        MISSED,
        structure=1,
        prediction_only=False,
        ml=1.8,
        folds_agree=4,
        mean_hu=-74.0,
        side="right",
        pole="upper pole",
    )
    assert claim_title(found) == "Kidney only in the reference, right upper pole"
    assert claim_detail(found) == "1.8 ml, 4 of 5 folds, −74 HU against kidney 33"


@pytest.mark.parametrize(
    ("held_out", "words"),
    [
        (1, "1 of which had not seen the case"),
        (0, "all of which had seen the case"),
        (5, "none of which had seen the case"),
    ],
)
def test_the_whole_sentence_says_who_had_seen_the_case(held_out, words):
    found = replace(MISSED, ml=14.2, mean_hu=62, kidney_hu=168, held_out=held_out)
    assert claim_sentence(found) == (
        "Tumor missing in the reference, left lower pole, 14.2 ml, 5 of 5 folds, "
        f"{words}, 62 HU against kidney 168"
    )


def test_what_is_not_known_is_left_out():
    found = replace(MISSED, folds=None, folds_agree=None, held_out=None, kidney_hu=None)
    assert claim_detail(found) == "12.3 ml, 41 HU"
    assert claim_sentence(found, "working mask") == (
        "Tumor missing in the working mask, left lower pole, 12.3 ml, 41 HU"
    )


@pytest.mark.parametrize(
    ("pole", "words"), [("", "left kidney"), ("middle", "left kidney, middle")]
)
def test_a_part_away_from_the_poles_names_the_kidney(pole, words):
    assert claim_title(replace(MISSED, pole=pole)).endswith(f"reference, {words}")


def test_numbers_never_read_minus_zero():
    assert [number(value) for value in (-0.2, -1.4, 0.0, 2.5)] == ["0", "−1", "0", "2"]
