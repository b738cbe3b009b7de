from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kitsdesk.review.disagreement import find_disagreements
from kitsdesk.review.pictures import (
    PREDICTION_ONLY,
    REFERENCE_ONLY,
    STRUCTURE_COLOURS,
    disagreement_picture,
    thumbnail,
)


def count(picture, colour):
    return int(near(picture, colour).sum())


def near(picture, colour):
    """Where a colour is, but for the smooth edges of its lines."""
    return (np.abs(picture.astype(int) - np.array(colour)) <= 40).all(axis=-1)


def test_a_thumbnail_is_upright_with_the_patients_right_on_the_left(patient):
    patient.volume.array[20, 30:36, 10:20] = 240
    picture = thumbnail(patient.volume, patient.mask)
    assert picture.shape == (52, 52)
    assert picture.dtype == np.uint8
    bright = np.argwhere(picture > 240)
    assert len(bright)
    assert bright[:, 1].max() < 26
    assert bright[:, 0].mean() < 26


def test_the_thumbnail_shows_the_slice_with_most_foreground(patient):
    patient.volume.array[...] = -1000
    patient.volume.array[20] = 40
    assert thumbnail(patient.volume, patient.mask)[26, 26] == pytest.approx(128, abs=2)
    patient.volume.array[20] = -1000
    assert thumbnail(patient.volume, patient.mask).max() == 0


def test_the_table_does_not_shrink_the_body(patient):
    before = thumbnail(patient.volume, patient.mask)
    patient.volume.array[:, 79, :] = 300
    patient.volume.array[:, 76:79, :] = -1000
    after = thumbnail(patient.volume, patient.mask)
    assert np.mean(before[:40] == after[:40]) > 0.95


def test_a_thumbnail_without_a_mask_is_the_middle_slice(patient):
    assert thumbnail(patient.volume).shape == (52, 52)
    empty = np.zeros_like(patient.mask)
    assert np.array_equal(thumbnail(patient.volume, empty), thumbnail(patient.volume))


@pytest.mark.parametrize("swap", [False, True])
def test_a_disagreement_is_hatched_and_its_structure_outlined(patient, swap):
    changed = patient.mask.copy()
    changed[patient.ball((20, 45, 90), 12)] = 2
    pair = (changed, patient.mask) if swap else (patient.mask, changed)
    [found] = find_disagreements(*pair, patient.volume)
    picture = disagreement_picture(patient.volume, *pair, found)
    assert picture.shape == (128, 128, 3)
    hatch, other = (REFERENCE_ONLY, PREDICTION_ONLY) if swap else (PREDICTION_ONLY, REFERENCE_ONLY)
    assert count(picture, hatch) > 20
    assert count(picture, other) == 0
    assert count(picture, STRUCTURE_COLOURS[2]) > 20
    assert count(picture, STRUCTURE_COLOURS[1]) > 20
    places = np.argwhere(near(picture, hatch))
    assert np.abs(places.mean(axis=0) - 63.5).max() < 4


def test_a_part_at_the_border_of_the_volume_is_shown_against_black(patient):
    changed = patient.mask.copy()
    changed[:2, :6, :6] = 1
    [found] = find_disagreements(patient.mask, changed, patient.volume)
    picture = disagreement_picture(patient.volume, patient.mask, changed, found)
    assert (picture[0, 0] == 0).all()
    assert count(picture, PREDICTION_ONLY) > 0


def test_the_colours_are_those_of_the_design():
    tokens = Path(__file__).resolve().parents[3] / "resources/style/tokens.json"
    if not tokens.exists():
        pytest.skip("the style's tokens are not in this checkout")
    colours = json.loads(tokens.read_text(encoding="utf-8"))["themes"]["dark"]
    words = {1: "kidney", 2: "tumor", 3: "cyst"}
    for structure, name in words.items():
        text = colours["structure_in_panels"][name]
        assert text == "#{:02X}{:02X}{:02X}".format(*STRUCTURE_COLOURS[structure])
    compared = colours["comparison_in_panels"]
    assert compared["prediction_only"] == "#{:02X}{:02X}{:02X}".format(*PREDICTION_ONLY)
    assert compared["reference_only"] == "#{:02X}{:02X}{:02X}".format(*REFERENCE_ONLY)
