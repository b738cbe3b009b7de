from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import tiny_ct, write_tiny_model

from trainer.inference.case_run import CaseRun
from trainer.inference.loaded_model import load_model
from trainer.inference.memory_ladder import MemoryLadder
from trainer.inference.predict_case import predict_case
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.torch_runtime import TorchRuntime

GPU = torch.device("cuda:0")


def test_a_gpu_gives_up_its_sums_then_tiles_then_itself():
    ladder = MemoryLadder()
    assert ladder.step_down(GPU, 4)
    assert (ladder.sums, ladder.batch) == (torch.device("cpu"), None)
    assert ladder.step_down(GPU, 4)
    assert ladder.step_down(GPU, 2)
    assert (ladder.batch, ladder.on_cpu) == (1, False)
    assert ladder.step_down(GPU, 1)
    assert (ladder.batch, ladder.on_cpu) == (None, True)
    assert ladder.step_down(GPU, 2)
    assert not ladder.step_down(GPU, 1)
    assert ladder.taken == [
        "sums in main memory",
        "2 tiles at once",
        "1 tile at once",
        "on the CPU",
        "1 tile at once",
    ]


@pytest.fixture
def model(tmp_path):
    return load_model(write_tiny_model(tmp_path / "m"), wish="torch")


def test_too_little_memory_for_two_tiles_is_told_and_changes_nothing(model, monkeypatch):
    volume = tiny_ct(3)
    expected = predict_case("c", volume, [model], PredictionSettings())
    whole, calls = TorchRuntime.logits, []

    def short_of_memory(self, tiles, *rest, **named):
        calls.append(len(tiles))
        if len(tiles) > 1 and len(calls) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return whole(self, tiles, *rest, **named)

    monkeypatch.setattr(TorchRuntime, "logits", short_of_memory)
    ticks = []
    run = CaseRun("c", volume, [model], PredictionSettings(), lambda *tick: ticks.append(tick))
    run.compute()
    made = run.prediction()
    assert made.scores.memory_steps == ("1 tile at once",)
    assert np.array_equal(made.ensemble, expected.ensemble)
    phases = {phase for phase, _, _ in ticks}
    assert {"predict", "predict, 1 tile at once"} <= phases
    done, total = ticks[-2][1:]
    assert done == total


def test_with_no_step_left_the_error_is_told(model, monkeypatch):
    def never(self, tiles, *rest, **named):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(TorchRuntime, "logits", never)
    with pytest.raises(torch.OutOfMemoryError):
        predict_case("c", tiny_ct(3), [model], PredictionSettings())
