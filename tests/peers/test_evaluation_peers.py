"""Our Dice beside nnU-Net's, our surface Dice beside the library that KiTS23 scores with."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from trainer.evaluation.dice import kits_dice
from trainer.evaluation.surface_dice import TOLERANCES_MM, surface_dice
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_mask

pytestmark = pytest.mark.peers
SPACINGS = [(1.0, 1.0, 1.0), (5.0, 0.8, 1.3), (0.5, 2.2, 0.9)]


def blob(seed: int, shape=(18, 30, 26)) -> np.ndarray:
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2)
    return noise > np.quantile(noise, 0.8)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_surface_dice_is_that_of_the_library_that_kits23_uses(spacing):
    theirs = pytest.importorskip("surface_distance")
    for seed in range(5):
        first, second = blob(seed), blob(seed + 10)
        if seed == 4:
            first[0], second[:, -1] = True, True
        distances = theirs.compute_surface_distances(first, second, spacing)
        for tolerance in (*TOLERANCES_MM.values(), 2.5):
            expected = theirs.compute_surface_dice_at_tolerance(distances, tolerance)
            ours = surface_dice(first, second, spacing, tolerance)
            assert ours == pytest.approx(expected, abs=1e-9)


def test_dice_is_that_of_nnunets_evaluation(tmp_path):
    evaluation = pytest.importorskip("nnunetv2.evaluation.evaluate_predictions")
    readers = pytest.importorskip("nnunetv2.imageio.simpleitk_reader_writer")
    truth, guess = np.random.default_rng(3).integers(0, 3, (2, 6, 9, 7)).astype(np.uint8)
    grid = Geometry((7, 9, 6), (1.0, 1.0, 3.0), (0.0, 0.0, 0.0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    files = [str(tmp_path / f"{name}.nii.gz") for name in ("truth", "guess")]
    for file, mask in zip(files, (truth, guess), strict=True):
        write_mask(tmp_path / file, mask, grid)
    found = evaluation.compute_metrics(*files, readers.SimpleITKIO(), [(1, 2), 2])["metrics"]
    scores = kits_dice(truth, guess, "nan")
    assert found[1, 2]["Dice"] == pytest.approx(scores.kidney)
    assert found[2]["Dice"] == pytest.approx(scores.tumor)
