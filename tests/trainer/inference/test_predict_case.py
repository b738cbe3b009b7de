from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import tiny_ct, write_tiny_model

from trainer.contract.errors import Cancelled
from trainer.evaluation.dice import mean_pairwise_dice
from trainer.imaging.hashing import volume_hash
from trainer.inference.case_prediction import Seconds
from trainer.inference.loaded_model import load_model
from trainer.inference.member_bits import member
from trainer.inference.members import ModelsDisagree
from trainer.inference.predict_case import predict_case, predict_each_and_all
from trainer.inference.predict_region import EmptyRegion, predict_region
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.sliding_window import WindowSettings, slide
from trainer.preprocessing.axes import from_network
from trainer.preprocessing.prepare import prepare_image

PLAIN = PredictionSettings()


def predict(models, volume, settings=PLAIN, **options):
    return predict_case("case_x", volume, models, settings, **options)


def test_on_the_models_own_grid_it_is_the_argmax_of_the_mean_softmax(tmp_path):
    volume = tiny_ct(1)
    model = load_model(write_tiny_model(tmp_path / "m", spacing=volume.spacing))
    image = torch.from_numpy(prepare_image(volume, model.manifest.plan).array)
    passes = [slide(model.runtime(k), image, 3, WindowSettings((8, 12, 12))) for k in model.folds]
    prediction = predict([model], volume)
    assert prediction.ensemble.shape == volume.shape
    assert len(np.unique(prediction.ensemble)) == 3
    assert np.array_equal(
        prediction.ensemble, from_network((passes[0] + passes[1]).argmax(0).numpy())
    )
    for fold in (0, 1):
        direct = from_network(passes[fold].argmax(0).numpy())
        assert np.array_equal(member(prediction.folds["m"], fold), direct)


def test_folds_that_saw_none_are_the_members(tmp_path):
    volume = tiny_ct(2)
    model = load_model(write_tiny_model(tmp_path / "m", folds=3))
    prediction = predict([model], volume)
    folds = [member(prediction.folds["m"], fold) for fold in range(3)]
    scores = prediction.scores
    assert scores.members == "folds"
    assert scores.agreement == {
        name: pytest.approx(mean_pairwise_dice(folds, name)) for name in ("kidney", "tumor")
    }
    assert prediction.heldout is prediction.ensemble
    assert not prediction.mirrors
    kidney_ml = np.count_nonzero(prediction.ensemble) * 3 * 1.5 * 1.5 / 1000
    assert scores.volumes_ml["kidney"] == pytest.approx(kidney_ml)


def test_one_held_out_fold_stands_on_its_eight_mirrored_passes(tmp_path):
    volume = tiny_ct(3)
    digest = volume_hash(volume)
    model = load_model(write_tiny_model(tmp_path / "m", folds=3, seen={0: digest, 2: digest}))
    prediction = predict([model], volume)
    passes = [member(prediction.mirrors["m"], number) for number in range(8)]
    assert [use.fold for use in prediction.scores.heldout_folds] == [1]
    assert [use.trained_mask_hash for use in prediction.scores.folds] == ["m0", None, "m2"]
    assert prediction.scores.members == "mirrors"
    assert np.array_equal(passes[0], member(prediction.folds["m"], 1))
    assert prediction.scores.agreement["kidney"] == pytest.approx(
        mean_pairwise_dice(passes, "kidney")
    )
    mirrored = predict([load_model(tmp_path / "m", [1])], volume, PredictionSettings(mirror=True))
    assert np.array_equal(prediction.heldout, mirrored.ensemble)
    assert not np.array_equal(prediction.heldout, prediction.ensemble)


def test_fitted_is_the_mean_of_the_folds_that_learnt_the_case(tmp_path):
    volume = tiny_ct(3)
    digest = volume_hash(volume)
    seen = {0: digest, 2: digest}
    folder = write_tiny_model(tmp_path / "m", folds=3, seen=seen, masks={0: "one", 2: "one"})
    prediction = predict([load_model(folder)], volume)
    alone = predict([load_model(folder, [0, 2])], volume)
    assert np.array_equal(prediction.fitted, alone.ensemble)
    assert np.array_equal(alone.fitted, alone.ensemble)
    assert not np.array_equal(prediction.fitted, prediction.ensemble)
    assert prediction.scores.fitted_mask_hash == "one"
    assert [use.fold for use in prediction.scores.fitted_folds] == [0, 2]


def test_of_two_masks_of_a_case_the_newest_models_counts_as_fitted(tmp_path):
    volume = tiny_ct(3)
    seen = dict.fromkeys((0, 1), volume_hash(volume))
    old = write_tiny_model(tmp_path / "a", seen=seen, masks={0: "x", 1: "x"})
    new = write_tiny_model(tmp_path / "b", seen=seen, masks={0: "y", 1: "z"}, created="2026-02-01")
    scores = predict([load_model(old), load_model(new)], volume).scores
    assert scores.fitted_mask_hash == "z"
    assert [(use.model, use.fold) for use in scores.fitted_folds] == [("b", 1)]
    same_day = write_tiny_model(tmp_path / "c", seen=seen, masks={0: "y", 1: "z"})
    scores = predict([load_model(old), load_model(same_day)], volume).scores
    assert scores.fitted_mask_hash == "x"


def test_each_and_all_equals_the_models_one_by_one(tmp_path):
    volume = tiny_ct(4)
    digest = volume_hash(volume)
    models = [
        load_model(write_tiny_model(tmp_path / "a", seen={0: digest})),
        load_model(write_tiny_model(tmp_path / "b", seen={1: digest}, spacing=(3.0, 3.0, 3.0))),
    ]
    mirrored = PredictionSettings(heldout="mirrored")
    made = predict_each_and_all("case_x", volume, models, mirrored)
    assert list(made) == ["a", "b", "a+b"]
    for name, model in zip("ab", models, strict=True):
        single = predict([model], volume)
        for what in ("ensemble", "heldout", "fitted", "entropy"):
            assert np.array_equal(getattr(made[name], what), getattr(single, what)), what
        assert np.array_equal(made[name].mirrors[name], single.mirrors[name])
        assert made[name].scores.agreement == single.scores.agreement
    together = made["a+b"]
    unseen = [load_model(tmp_path / "a", [1]), load_model(tmp_path / "b", [0])]
    joint = predict(unseen, volume, PredictionSettings(mirror=True))
    assert np.array_equal(together.heldout, joint.ensemble)
    assert (together.scores.members, together.mirrors) == ("folds", {})
    assert together.scores.heldout_mirrored
    with pytest.raises(ValueError, match="different passes"):
        predict_each_and_all("case_x", volume, models, PLAIN)


def test_without_mirrors_a_lone_member_is_one_pass(tmp_path):
    volume = tiny_ct(3)
    model = load_model(write_tiny_model(tmp_path / "m", seen={0: volume_hash(volume)}))
    prediction = predict([model], volume, PredictionSettings(heldout="plain"))
    assert np.array_equal(prediction.heldout, member(prediction.folds["m"], 1))
    assert (prediction.scores.members, prediction.mirrors) == ("one", {})
    assert prediction.scores.agreement == {"kidney": 1.0, "tumor": 1.0}
    assert not prediction.scores.heldout_mirrored


def test_where_all_folds_saw_the_case_nothing_is_held_out(tmp_path):
    volume = tiny_ct(3)
    digest = volume_hash(volume)
    model = load_model(write_tiny_model(tmp_path / "m", seen={0: digest, 1: digest}))
    prediction = predict([model], volume)
    assert prediction.heldout is None
    assert prediction.best is prediction.ensemble
    assert (prediction.scores.members, prediction.scores.agreement) == (None, None)


def test_models_on_different_grids_predict_together(tmp_path):
    volume = tiny_ct(4)
    first = load_model(write_tiny_model(tmp_path / "a"))
    second = load_model(write_tiny_model(tmp_path / "b", spacing=(3.0, 3.0, 3.0)))
    third = load_model(write_tiny_model(tmp_path / "c", average="logits"))
    prediction = predict([first, second, third], volume)
    assert set(prediction.folds) == {"a", "b", "c"}
    assert len(prediction.scores.heldout_folds) == 6
    with pytest.raises(ModelsDisagree, match="called a"):
        predict([first, first], volume)


def test_a_model_of_logits_averages_logits(tmp_path):
    volume = tiny_ct(1)
    model = load_model(write_tiny_model(tmp_path / "m", spacing=volume.spacing, average="logits"))
    image = torch.from_numpy(prepare_image(volume, model.manifest.plan).array)
    settings = WindowSettings((8, 12, 12), "logits")
    logits = sum(slide(model.runtime(k), image, 3, settings) for k in model.folds)
    prediction = predict([model], volume)
    assert np.array_equal(prediction.ensemble, from_network(logits.argmax(0).numpy()))
    assert prediction.entropy.max() > 100


def test_the_flat_extent_is_the_same_mask_without_the_rest(tmp_path):
    volume = tiny_ct(5)
    model = load_model(write_tiny_model(tmp_path / "m"))
    flat = predict([model], volume, PredictionSettings(detailed=False))
    assert np.array_equal(flat.ensemble, predict([model], volume).ensemble)
    assert (flat.heldout, flat.folds, flat.scores.agreement) == (None, {}, None)


def test_progress_counts_up_to_its_total_and_cancel_ends_it(tmp_path):
    volume = tiny_ct(6)
    model = load_model(write_tiny_model(tmp_path / "m"))
    seen = []
    predict([model], volume, tick=lambda phase, done, total: seen.append((phase, done, total)))
    steps = [(done, total) for phase, done, total in seen if phase == "predict"]
    total = steps[0][1]
    assert steps == sorted(steps)
    assert {steps[0], steps[-1]} == {(0, total), (total, total)}
    assert len(set(steps)) > 10
    assert seen[-1] == ("restore", total, total)

    def cancel(phase, done, total):
        if done >= 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        predict([model], volume, tick=cancel)


def test_a_region_is_the_whole_prediction_inside_and_nothing_outside(tmp_path):
    volume = tiny_ct(7, (20, 60, 60))
    model = load_model(write_tiny_model(tmp_path / "m"))
    complete = predict([model], volume, PredictionSettings(mirror=True)).best
    region = (4, 11, 5, 22, 31, 50)
    ticks = []
    part = predict_region(
        volume, region, [model], lambda phase, done, total: ticks.append(total), Seconds()
    )
    inside = (slice(4, 11), slice(5, 22), slice(31, 50))
    assert np.array_equal(part[inside], complete[inside])
    assert np.count_nonzero(part) == np.count_nonzero(part[inside])
    with pytest.raises(EmptyRegion):
        predict_region(volume, (4, 4, 0, 9, 0, 9), [model], lambda *_: None, Seconds())
