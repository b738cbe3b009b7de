"""KiTS19's score computed again from the challenge's own description, voxel by voxel.

For each case: the kidney and tumor together against the rest, and the tumor against the rest,
each as 2·TP / (2·TP + FP + FN); the score is the mean of both, then over cases. Written here
with plain loops and integers so that it shares nothing with the program.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from trainer.__main__ import main
from trainer.evaluation.dice import kits_dice
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_mask


def challenge_dice(truth, guess, is_in) -> float:
    both = only_truth = only_guess = 0
    for true, said in zip(truth.flat, guess.flat, strict=True):
        if is_in(int(true)) and is_in(int(said)):
            both += 1
        elif is_in(int(true)):
            only_truth += 1
        elif is_in(int(said)):
            only_guess += 1
    total = 2 * both + only_truth + only_guess
    return 2 * both / total if total else math.nan


def masks(seed: int, highest: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    shape = tuple(generator.integers(4, 12, 3))
    truth, guess = generator.integers(0, highest + 1, (2, *shape)).astype(np.uint8)
    return truth, guess


@pytest.mark.parametrize("seed", range(12))
def test_every_case_equals_the_formula(seed):
    # Highest structure 0 to 2: also cases without tumor, and without anything.
    truth, guess = masks(seed, seed % 3)
    scores = kits_dice(truth, guess, "nan")
    kidney = challenge_dice(truth, guess, lambda value: value > 0)
    tumor = challenge_dice(truth, guess, lambda value: value > 1)
    expected = [kidney, tumor, (kidney + tumor) / 2]
    found = [scores.kidney, scores.tumor, scores.composite]
    assert np.allclose(found, expected, rtol=0, atol=1e-15, equal_nan=True)


@pytest.mark.parametrize("empty", ["one", "nan"])
def test_the_commands_means_are_the_formulas(tmp_path, capsys, empty):
    grid = Geometry((6, 7, 8), (3.0, 0.8, 0.8), (0.0, 0.0, 0.0), (0, 0, 1, 0, 1, 0, -1, 0, 0))
    expected = {"kidney": [], "tumor": []}
    for number, highest in enumerate((2, 2, 1)):
        generator = np.random.default_rng(number)
        truth, guess = generator.integers(0, highest + 1, (2, 6, 7, 8)).astype(np.uint8)
        write_mask(tmp_path / "truth" / f"case_{number:05d}.nii.gz", truth, grid)
        write_mask(tmp_path / "guess" / f"case_{number:05d}.nii.gz", guess, grid)
        expected["kidney"].append(challenge_dice(truth, guess, lambda value: value > 0))
        expected["tumor"].append(challenge_dice(truth, guess, lambda value: value > 1))
    tumor = [1.0 if math.isnan(value) and empty == "one" else value for value in expected["tumor"]]
    out = tmp_path / "t.json"
    code = main(
        [
            *("evaluate", "--reference", str(tmp_path / "truth")),
            *("--prediction", str(tmp_path / "guess"), "--out", str(out), "--empty", empty),
        ]
    )
    assert code == 0
    table = json.loads(out.read_text())
    assert table["empty"] == empty
    assert table["mean"]["kidney_dice"] == pytest.approx(np.mean(expected["kidney"]))
    assert table["mean"]["tumor_dice"] == pytest.approx(np.nanmean(tumor))
    composite = np.nanmean((np.array(expected["kidney"]) + np.array(tumor)) / 2)
    assert table["mean"]["composite_dice"] == pytest.approx(composite)
    assert table["n"]["tumor_dice"] == (3 if empty == "one" else 2)
    assert 0 < table["mean"]["kidney_and_mass_surface_dice"] <= 1
    assert json.loads(capsys.readouterr().out)["empty"] == empty
