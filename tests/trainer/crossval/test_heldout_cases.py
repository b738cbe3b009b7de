from __future__ import annotations

import shutil

import numpy as np
import pytest
from tiny_models import tiny_ct, write_tiny_model

from trainer.contract.errors import Cancelled
from trainer.contract.scores import read_scores
from trainer.crossval.heldout_cases import HeldoutPredictions
from trainer.datasets.training_set import read_training_set
from trainer.imaging.mask_file import read_mask, write_image
from trainer.inference.loaded_model import load_model
from trainer.inference.predict_case import predict_case
from trainer.inference.prediction_group import PredictionSettings
from trainer.models.model_store import NoSuchFold

CASE = "case_00003"


def ignore(progress):
    pass


def test_every_case_is_predicted_by_the_one_fold_that_did_not_see_it(request_of):
    request = request_of(networks={"plain": "run-plain"})
    outcome = HeldoutPredictions(request).run(ignore)
    cases = read_training_set(request.export).cases
    assert outcome.predicted == [case.id for case in cases]
    assert not outcome.problems
    for case in cases:
        scores = read_scores(request.predictions / "run-plain" / case.id)
        assert [use.fold for use in scores.heldout_folds] == [case.fold]
        assert len(scores.fitted_folds) == 4
        assert (scores.members, scores.heldout_mirrored) == ("mirrors", True)
    chosen = next(case for case in cases if case.id == CASE)
    model = load_model(request.models / "run-plain", [chosen.fold])
    mirrored = predict_case(CASE, tiny_ct(3), [model], PredictionSettings(mirror=True))
    heldout = read_mask(request.predictions / "run-plain" / CASE / "heldout.nii.gz")
    assert np.array_equal(heldout.array, mirrored.ensemble)


def test_what_is_proved_is_not_done_again(request_of):
    request = request_of(folds=(1,))
    first = HeldoutPredictions(request).run(ignore)
    assert len(first.predicted) == 1
    case = first.predicted[0]
    folder = request.predictions / "run-plain+run-residual" / case
    before = (folder / "heldout.nii.gz").stat().st_mtime_ns
    assert HeldoutPredictions(request).run(ignore).kept == [case]
    assert (folder / "heldout.nii.gz").stat().st_mtime_ns == before
    (folder / "heldout.nii.gz").write_bytes(b"cut")
    assert HeldoutPredictions(request).run(ignore).predicted == [case]
    read_mask(folder / "heldout.nii.gz")
    other = request_of(folds=(1,), mirror=False)
    assert HeldoutPredictions(other).run(ignore).predicted == [case]
    assert read_scores(folder).heldout_mirrored is False


def test_stopped_half_way_it_goes_on_where_it_was(request_of):
    request = request_of(networks={"plain": "run-plain"}, mirror=False)

    def stop(progress):
        if progress.index == 2 and progress.phase == "predict":
            raise Cancelled

    with pytest.raises(Cancelled):
        HeldoutPredictions(request).run(stop)
    outcome = HeldoutPredictions(request).run(ignore)
    assert (len(outcome.kept), len(outcome.predicted)) == (2, 3)


def test_a_case_that_its_fold_saw_after_all_is_named(request_of):
    request = request_of(networks={"plain": "run-plain"}, mirror=False)
    cases = read_training_set(request.export).cases
    twin = next(case for case in cases if case.fold != cases[0].fold)
    shutil.copy(cases[0].image, twin.image)
    outcome = HeldoutPredictions(request).run(ignore)
    assert set(outcome.problems) == {twin.id}
    assert "not held out" in outcome.problems[twin.id]["happened"]


def test_a_broken_image_is_noted_and_the_rest_goes_on(request_of):
    request = request_of(networks={"plain": "run-plain"}, mirror=False)
    image = read_training_set(request.export).cases[0].image
    image.write_bytes(b"no image")
    outcome = HeldoutPredictions(request).run(ignore)
    assert list(outcome.problems) == ["case_00000"]
    assert len(outcome.predicted) == 4


def test_a_fold_that_was_not_trained_is_refused(request_of):
    request = request_of(networks={"plain": "short"})
    write_tiny_model(request.models / "short", folds=2)
    with pytest.raises(NoSuchFold):
        HeldoutPredictions(request)


def test_other_pixels_are_predicted_anew(request_of):
    request = request_of(networks={"plain": "run-plain"}, folds=(1,), mirror=False)
    case = HeldoutPredictions(request).run(ignore).predicted[0]
    image = next(c.image for c in read_training_set(request.export).cases if c.id == case)
    volume = tiny_ct(77)
    write_image(image, volume.array, volume.geometry)
    assert HeldoutPredictions(request).run(ignore).predicted == [case]
