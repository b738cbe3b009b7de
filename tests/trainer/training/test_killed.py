"""Processes that are killed at random moments, checkpoints being written among them."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.trainer.training.tiny_folds import SCHEDULE, TrainerMaker, same_state
from trainer.contract.jsonfile import read_lines
from trainer.training import fold_trainer
from trainer.training.checkpoint import clear_unfinished

LONG = SCHEDULE.model_copy(update={"epochs": 12, "steps": 3, "validation_steps": 1})
KILLS = 12


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_killed_again_and_again_it_ends_with_the_same_bits(
    begin: TrainerMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_thread: None
) -> None:
    # A checkpoint after every epoch, so that a good part of the time is spent writing them.
    monkeypatch.setattr(fold_trainer, "_SAVING_SHARE", 0)
    began = time.monotonic()
    whole = begin(tmp_path / "whole", schedule=LONG)
    whole.run()
    took = time.monotonic() - began
    chance = random.Random(4)
    folder = tmp_path / "killed"
    killed = 0
    while killed < KILLS:
        child = train_in_child(begin, folder)
        time.sleep(chance.uniform(0.05, 0.5) * took)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += 1
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            break
        clear_unfinished(folder / "checkpoints")
    last = begin(folder, schedule=LONG)
    last.resume()
    last.run()
    assert killed > 1
    assert same_state(whole, last)
    ours, theirs = ((tmp_path / n / "case_losses.jsonl").read_text() for n in ("whole", "killed"))
    assert ours == theirs
    assert [line["epoch"] for line in read_lines(folder / "metrics.jsonl")[0]] == list(range(12))


def train_in_child(begin: TrainerMaker, folder: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        trainer = begin(folder, schedule=LONG)
        trainer.resume()
        trainer.run()
        code = 0
    finally:
        os._exit(code)
