from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import tiny_ct, write_tiny_model

from trainer.imaging.hashing import volume_hash
from trainer.inference import scout
from trainer.inference.case_run import CaseRun
from trainer.inference.loaded_model import load_model
from trainer.inference.member_bits import member
from trainer.inference.network_grid import network_grid
from trainer.inference.network_part import part_around, region_of
from trainer.inference.predict_case import predict_case
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.restore import restore_mask

FAST = PredictionSettings(mode="fast")
REGION = (3, 12, 4, 21, 9, 28)
PATCH = (8, 12, 12)


def inside(region):
    return tuple(slice(region[axis], region[axis + 1]) for axis in (0, 2, 4))


@pytest.fixture
def model(tmp_path):
    return load_model(write_tiny_model(tmp_path / "m"), wish="torch")


def test_a_part_restores_what_the_whole_does_there(model):
    volume = tiny_ct(3, (20, 60, 64))
    grid = network_grid(volume, model.manifest.plan, torch.device("cpu"))
    part = part_around(grid, REGION, PATCH)
    assert all(size >= length for size, length in zip(part.shape, PATCH, strict=True))
    assert part.shape < grid.shape
    values = torch.rand(3, *grid.shape, generator=torch.Generator().manual_seed(1))
    corner = part_corner(grid.image, part.image)
    span = tuple(slice(c, c + n) for c, n in zip(corner, part.shape, strict=True))
    whole = grid.to_source(restore_mask([grid.class_map(values)]))
    here = part.to_source(restore_mask([part.class_map(values[(slice(None), *span)])]))
    assert here.shape == whole.shape
    assert np.array_equal(here[inside(REGION)], whole[inside(REGION)])
    here[inside(REGION)] = 0
    assert not here.any()


def part_corner(image, part):
    """Return where `part` was cut from `image`, found by its voxels."""
    places = torch.nonzero(image == part[0, 0, 0])
    for z, y, x in places.tolist():
        cut = image[z : z + part.shape[0], y : y + part.shape[1], x : x + part.shape[2]]
        if cut.shape == part.shape and torch.equal(cut, part):
            return z, y, x
    raise AssertionError("the part is not in the image")


def test_the_region_is_what_was_found_with_20_mm_around_it(model):
    volume = tiny_ct(3, (40, 90, 94))
    grid = network_grid(volume, model.manifest.plan, torch.device("cpu"))
    found = torch.zeros(grid.shape, dtype=torch.bool)
    assert region_of(grid, found, volume.spacing, 20.0) is None
    found[14, 30, 33] = True
    z0, z1, y0, y1, x0, x1 = region_of(grid, found, volume.spacing, 20.0)
    one = grid.to_source(
        restore_mask([grid.class_map(torch.stack([1 - 2.0 * found, 2.0 * found]))])
    )
    places = np.argwhere(one)
    low, high = places.min(axis=0), places.max(axis=0) + 1
    for axis, (start, stop) in enumerate(((z0, z1), (y0, y1), (x0, x1))):
        margin = int(np.ceil(20 / volume.spacing[axis]))
        assert low[axis] - margin - 3 <= start <= low[axis] - margin
        assert high[axis] + margin <= stop <= high[axis] + margin + 3


def test_fast_predicts_inside_the_region_alone(model):
    volume = tiny_ct(7, (20, 60, 64))
    ticks = []
    run = CaseRun("c", volume, [model], FAST, lambda *tick: ticks.append(tick), found=REGION)
    run.compute()
    prediction = run.prediction()
    outside = np.ones(volume.shape, bool)
    outside[inside(REGION)] = False
    for array in (prediction.ensemble, prediction.entropy, prediction.folds["m"]):
        assert array.shape == volume.shape
        assert not array[outside].any()
    assert len(np.unique(prediction.ensemble)) == 3
    scores = prediction.scores
    assert (scores.mode, scores.fast.region) == ("fast", REGION)
    assert scores.fast.tiles < scores.fast.exact_tiles
    assert {"scout", "predict"} <= set(scores.seconds)
    assert {tick[0] for tick in ticks} == {"resample", "scout", "predict", "restore"}
    exact = predict_case("c", volume, [model], PredictionSettings())
    same = exact.ensemble[inside(REGION)] == prediction.ensemble[inside(REGION)]
    assert same.mean() > 0.5


def test_what_is_everywhere_is_predicted_everywhere(model):
    volume = tiny_ct(7)
    fast = predict_case("c", volume, [model], FAST)
    exact = predict_case("c", volume, [model], PredictionSettings())
    assert fast.scores.fast.region == (0, 14, 0, 30, 0, 34)
    assert (fast.ensemble == exact.ensemble).mean() > 0.97
    assert exact.scores.mode == "exact"
    assert exact.scores.fast is None


def test_nothing_found_runs_the_exact_mode(model, monkeypatch):
    monkeypatch.setattr(scout, "FOUND", 2.0)
    volume = tiny_ct(7)
    fast = predict_case("c", volume, [model], FAST)
    exact = predict_case("c", volume, [model], PredictionSettings())
    assert np.array_equal(fast.ensemble, exact.ensemble)
    assert fast.scores.mode == "exact"
    assert fast.scores.fast.region is None
    assert fast.scores.fast.tiles > fast.scores.fast.exact_tiles


def test_the_scout_did_not_see_the_case(tmp_path):
    volume = tiny_ct(3)
    digest = volume_hash(volume)
    folder = write_tiny_model(tmp_path / "m", folds=3, seen={0: digest, 1: digest})
    prediction = predict_case("c", volume, [load_model(folder, wish="torch")], FAST)
    assert prediction.scores.fast.scout.fold == 2
    assert [use.fold for use in prediction.scores.heldout_folds] == [2]
    passes = [member(prediction.mirrors["m"], number) for number in range(8)]
    assert all(mask.any() for mask in passes)


def test_models_on_two_grids_look_at_one_region(tmp_path):
    volume = tiny_ct(4, (20, 60, 64))
    models = [
        load_model(write_tiny_model(tmp_path / "a", folds=1), wish="torch"),
        load_model(write_tiny_model(tmp_path / "b", folds=1, spacing=(3.0,) * 3), wish="torch"),
    ]
    run = CaseRun("c", volume, models, FAST, found=REGION)
    run.compute()
    ensemble = run.prediction().ensemble
    cut = ensemble[inside(REGION)].copy()
    ensemble[inside(REGION)] = 0
    assert cut.any()
    assert not ensemble.any()
