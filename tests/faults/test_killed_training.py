"""kill -9 of a training, in the middle of an epoch and of a checkpoint: the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest
from stopped_process import kill_9, stopped_at
from training_runs import EPOCHS, KEY, result_of, train, train_arguments, write_data

from trainer.training.checkpoint import has_checkpoint, load_checkpoint

# The first epoch of every session ends with a checkpoint, so that each of these is reached.
MID_EPOCH = ("checkpoint.renamed", "training.step:1")
MID_CHECKPOINT = ("checkpoint.written", "checkpoint.hashed", "publish.weights")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_data(tmp_path_factory.mktemp("training") / "data")


@pytest.fixture(scope="module")
def unbroken(data) -> Path:
    done = train(data, data.parent / "unbroken")
    assert done.returncode == 0, done.stderr
    return data.parent / "unbroken"


@pytest.mark.parametrize("points", [MID_EPOCH, MID_CHECKPOINT], ids=["epoch", "checkpoint"])
def test_25_kill_9_in_training_ends_with_the_bits_and_the_curve_of_an_unbroken_one(
    data, unbroken, points, tmp_path
):
    run = tmp_path / "run"
    checkpoints = run / KEY / "checkpoints"
    for point in points:
        before = has_checkpoint(checkpoints) and load_checkpoint(checkpoints)
        with stopped_at(point, *train_arguments(data, run, "--resume")) as process:
            kill_9(process)
        assert not (run / KEY / "done.json").exists()
        if before:
            assert load_checkpoint(checkpoints) is not None, "one good checkpoint is left"
    done = train(data, run, "--resume")
    assert done.returncode == 0, done.stderr
    weights, curve, losses = result_of(run)
    assert (weights, curve, losses) == result_of(unbroken)
    assert [line["epoch"] for line in curve] == list(range(EPOCHS))
    assert not list(run.rglob("*.tmp*"))
