from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from trainer.phantoms.abdomen import draw_kidneys, mask_of, paint_abdomen
from trainer.phantoms.phantom_grid import PhantomGrid
from trainer.phantoms.tissues import PHASES, TISSUES, draw_tissues
from trainer.phantoms.trunk import Build


@pytest.mark.parametrize("phase", PHASES)
def test_draws_follow_the_table(phase):
    draws = [draw_tissues(np.random.default_rng(seed), phase) for seed in range(400)]
    for name, tissue in TISSUES.items():
        mean, spread = tissue.of(phase)
        values = np.array([draw[name] for draw in draws])
        assert abs(values.mean() - mean) <= 4 * spread / 20 + 1e-9, name
        # Cut at two SDs a normal distribution keeps 0.88 to 1 of its SD.
        assert 0.8 * spread <= values.std() + 1e-9 <= 1.1 * spread + 1e-6, name


def test_every_tissue_has_a_source_and_the_order_of_real_ct():
    assert all(len(tissue.source) > 20 for tissue in TISSUES.values())
    for phase in PHASES:
        mean = {name: tissue.of(phase)[0] for name, tissue in TISSUES.items()}
        assert -1001 < mean["air"] < mean["lung"] < mean["fat"] < mean["cyst"] < mean["muscle"]
        assert mean["muscle"] < mean["liver"] < mean["kidney cortex"] < mean["bone"]
        assert mean["kidney medulla"] < mean["kidney cortex"]
        assert -120 < mean["fat"] < -80
        assert 0 <= mean["cyst"] <= 20
    early, late = (TISSUES["aorta"].of(phase)[0] for phase in PHASES)
    assert early > late + 50


def test_tumors_lie_between_medulla_and_cortex_or_below_both_by_little():
    for phase in PHASES:
        tumor, spread = TISSUES["tumor"].of(phase)
        medulla, width = TISSUES["kidney medulla"].of(phase)
        assert abs(tumor - medulla) < 2 * (spread + width)


def test_painted_organs_have_their_tissues_value():
    rng = np.random.default_rng(9)
    grid = PhantomGrid.centred((56, 128, 128), (5.0, 3.2, 3.2))
    build = Build.draw(rng)
    content = draw_kidneys(grid, rng, build, 20.0)
    scene, _, _ = paint_abdomen(grid, rng, build, content)
    spleen = binary_erosion(scene.region("spleen"), iterations=2)
    assert abs(np.median(scene.image[spleen]) - scene.hu["spleen"]) < 8
    outside = mask_of(grid, content) == 0
    assert abs(np.median(scene.image[:, 2, 2]) - scene.hu["air"]) < 1
    fat = scene.image[outside & (scene.image > -150) & (scene.image < -60)]
    assert abs(np.median(fat) - scene.hu["fat"]) < 8
    kidney = scene.image[binary_erosion(mask_of(grid, content) == 1)]
    assert scene.hu["kidney medulla"] - 15 < np.median(kidney) < scene.hu["kidney cortex"] + 15


def test_the_documented_table_is_the_one_in_use():
    document = (Path(__file__).parents[3] / "docs/phantoms.md").read_text(encoding="utf-8")
    for name, tissue in TISSUES.items():
        cells = [
            f"{mean:g} ± {spread:g}".replace("-", "−") for mean, spread in map(tissue.of, PHASES)
        ]
        assert f"| {name} | {cells[0]} | {cells[1]} |" in document
