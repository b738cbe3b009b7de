from __future__ import annotations

import pytest

from trainer.contract.model_manifest import FoldEntry, ModelManifest, SeenCase
from trainer.contract.prediction_work import (
    CaseGrid,
    PredictionWish,
    model_works,
    network_gmac,
)
from trainer.contract.presets import preset
from trainer.nets.cost import network_cost

MEDIAN_KITS = CaseGrid((107, 512, 512), (3.0, 0.78, 0.78))
FULL = preset("kits2019")


def manifest(trained, plan=FULL.plan):
    folds = tuple(
        FoldEntry(fold=fold, file=f"{fold}", sha256="0", trained_on=seen)
        for fold, seen in enumerate(trained)
    )
    network = FULL.network("residual")
    return ModelManifest(
        name="m", created="", preset="kits2019", network=network, plan=plan, folds=folds
    )


def works(trained, wish, grid=MEDIAN_KITS):
    made = manifest(trained)
    return model_works(grid, [(made, tuple(range(len(trained))))], wish)[0]


@pytest.mark.parametrize("name", ["kits2019", "nnunet-v2", "demo"])
def test_multiply_accumulates_are_those_of_the_network(name):
    chosen = preset(name)
    for architecture in chosen.features:
        network = chosen.network(architecture)
        counted = network_cost(network, chosen.plan.patch).gmac
        assert network_gmac(network, chosen.plan.patch) == pytest.approx(counted, rel=2e-3)


def test_five_folds_that_saw_nothing_have_the_paper_s_18_tiles_each():
    work = works(["none"] * 5, PredictionWish())
    assert (work.tiles, work.passes) == (18, 5)


def test_one_fold_that_did_not_see_the_case_runs_its_mirrored_passes():
    saw = (SeenCase(case="c", image_hash="h", mask_hash="m"),)
    trained = [saw, saw, "none", saw, saw]
    assert works(trained, PredictionWish(image_hash="h")).passes == 4 + 8
    assert works(trained, PredictionWish(image_hash="h", detailed=False)).passes == 5
    region = PredictionWish(image_hash="h", region=(0, 20, 0, 90, 0, 90))
    inside = works(trained, region)
    assert inside.passes == 8
    assert inside.tiles < 18


def test_fast_mode_scouts_once_and_looks_around_typical_kidneys():
    work = works(["none"] * 5, PredictionWish(mode="fast"))
    assert work.scout_tiles == 8
    assert work.tiles * work.passes + work.scout_tiles < 18 * 5 / 2


def test_a_guest_that_sees_the_file_s_axes_has_its_own_tiles():
    plan = FULL.plan.model_copy(update={"axes": "file", "transpose": (2, 0, 1)})
    made = manifest(["none"], plan)
    # KiTS's files: x is the slowest axis there, so the transpose brings the slices first.
    grid = CaseGrid(MEDIAN_KITS.shape, MEDIAN_KITS.spacing, (1, 2, 0))
    [work] = model_works(grid, [(made, (0,))], PredictionWish())
    assert work.tiles == 18
