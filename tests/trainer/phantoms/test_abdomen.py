from __future__ import annotations

import numpy as np
import pytest

from trainer.phantoms.abdomen import make_phantom
from trainer.phantoms.scanner import NOISE_SD, expose

COARSE = ((56, 128, 128), (5.0, 3.2, 3.2))


def best_threshold_dice(phantom) -> float:
    """Return the best tumor Dice of "below t" or "above t" inside the true kidney."""
    kidney = phantom.mask > 0
    values = np.clip(phantom.image[kidney], -300, 500) + 300
    tumor = np.bincount(values[phantom.mask[kidney] == 2], minlength=801).cumsum()
    every = np.bincount(values, minlength=801).cumsum()
    below = 2 * tumor / (every + tumor[-1])
    above = 2 * (tumor[-1] - tumor) / (every[-1] - every + tumor[-1])
    return float(max(below.max(), above.max()))


def test_no_threshold_finds_the_tumors(coarse_phantoms):
    phantoms = [make_phantom((56, 256, 256), (5.0, 1.6, 1.6), (7, i)) for i in range(8)]
    assert np.mean([best_threshold_dice(phantom) for phantom in phantoms]) < 0.4
    assert np.mean([best_threshold_dice(phantom) for phantom in coarse_phantoms]) < 0.45


def test_the_same_seed_gives_the_same_voxels_and_another_does_not():
    first, again = make_phantom(*COARSE, (1, 2)), make_phantom(*COARSE, (1, 2))
    other = make_phantom(*COARSE, (1, 3))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.mask, again.mask)
    assert not np.array_equal(first.mask, other.mask)


def test_kidneys_and_tumors_have_human_sizes(coarse_phantoms):
    for phantom in coarse_phantoms:
        ml = np.prod(phantom.spacing) / 1000
        assert 180 < (phantom.mask > 0).sum() * ml < 560
        assert 2.5 < (phantom.mask == 2).sum() * ml < 180
        left = (np.nonzero(phantom.mask)[2] > phantom.mask.shape[2] / 2).mean()
        assert 0.25 < left < 0.75
        assert phantom.image.dtype == np.int16
        assert -1024 <= phantom.image.min() < -900


def test_a_tumor_of_the_size_asked_for_is_there():
    for index in range(4):
        phantom = make_phantom(*COARSE, (3, index), minimum_tumor_ml=30.0)
        assert (phantom.mask == 2).sum() * np.prod(phantom.spacing) / 1000 >= 30.0


def test_the_patient_lies_upright_on_the_back(coarse_phantoms):
    """Axes are S, P, L: lungs at the high end of z, spine at the high end of y, liver on the
    patient's right (low x), spleen on the left (high x)."""
    for phantom in coarse_phantoms:
        z, _, x = phantom.image.shape
        inside = phantom.image[:, : np.nonzero(phantom.mask)[1].max()]
        lung = (inside > -950) & (inside < -700)
        assert lung[-z // 4 :].sum() > 3 * lung[: z // 2].sum()
        bone_y = np.nonzero(phantom.image[:, :, x // 2 - 8 : x // 2 + 8] > 250)[1]
        assert np.median(bone_y) > np.nonzero(phantom.mask)[1].mean() - 2
        assert np.nonzero(phantom.regions["spleen"])[2].mean() > 0.55 * x
        upper = inside[z * 3 // 5 : -z // 6]
        soft = (upper > 40) & (upper < 160)
        assert soft[:, :, : x // 2].sum() > soft[:, :, x // 2 :].sum()


@pytest.mark.parametrize("deviation", NOISE_SD)
def test_noise_has_its_size_and_is_correlated_over_a_pixel(deviation):
    image = np.full((20, 96, 96), 50, np.float32)
    ct = expose(image, np.random.default_rng(4), deviation).astype(float) - 50
    assert ct.std() == pytest.approx(deviation, rel=0.03)
    assert 0.35 < np.mean(ct[:, :, 1:] * ct[:, :, :-1]) / ct.var() < 0.7
    assert abs(np.mean(ct[:, :, 4:] * ct[:, :, :-4]) / ct.var()) < 0.05


def test_phantoms_draw_noise_and_both_phases(coarse_phantoms):
    assert {phantom.phase for phantom in coarse_phantoms} == {"corticomedullary", "nephrographic"}
    assert all(NOISE_SD[0] <= phantom.noise <= NOISE_SD[1] for phantom in coarse_phantoms)
