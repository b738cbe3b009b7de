"""The loop on a tiny network: resuming is bit-equal, and it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.trainer.training.tiny_folds import SCHEDULE, same_state
from trainer.contract.errors import Cancelled, DamagedFile
from trainer.contract.jsonfile import read_json, read_lines
from trainer.contract.run_folder import TaskStatus
from trainer.training.checkpoint import CheckpointNotWritten, load_checkpoint
from trainer.training.fold_trainer import TrainingDiverged
from trainer.training.interruption import Interruption, Request


class AfterSteps(Interruption):
    """Asks to cancel from a number of looks on, or to pause for a moment then."""

    def __init__(self, steps: int, request: Request = "cancel") -> None:
        super().__init__(None)
        self._left, self._request = steps, request

    def requested(self) -> Request | None:
        self._left -= 1
        wanted = self._left <= 0 if self._request == "cancel" else self._left in (0, -1)
        return self._request if wanted else None


# Looked at after 5 steps and 2 validation batches per epoch: the sixth look is in validation.
@pytest.mark.parametrize("steps", [1, 5, 6, 8, 21])
def test_resuming_anywhere_is_bit_equal(begin, tmp_path: Path, steps: int) -> None:
    whole = begin(tmp_path / "whole")
    whole.run()
    broken = begin(tmp_path / "broken", AfterSteps(steps))
    with pytest.raises(Cancelled, match="checkpoint of epoch"):
        broken.run()
    again = begin(tmp_path / "broken")
    assert again.resume()
    assert (again.state.position.epoch, again.state.position.step) == {
        1: (0, 1),
        5: (0, 5),
        6: (0, 5),
        8: (1, 1),
        21: (2, 5),
    }[steps]
    again.run()
    assert same_state(whole, again)
    lines = [read_lines(tmp_path / name / "metrics.jsonl")[0] for name in ("whole", "broken")]
    for ours, theirs in zip(*lines, strict=True):
        for key in ("epoch", "loss", "validation_loss", "pseudo_dice", "ema", "learning_rate"):
            assert ours[key] == theirs[key]
    files = [(tmp_path / name / "case_losses.jsonl").read_text() for name in ("whole", "broken")]
    assert files[0] == files[1]


def test_pausing_keeps_a_checkpoint_and_changes_nothing(begin, tmp_path: Path) -> None:
    whole = begin(tmp_path / "whole")
    whole.run()
    paused = begin(tmp_path / "paused", AfterSteps(7, "pause"))
    paused.run()
    assert same_state(whole, paused)


def test_it_learns_and_says_how_it_goes(begin, tmp_path: Path) -> None:
    schedule = SCHEDULE.model_copy(update={"epochs": 6, "steps": 20})
    trainer = begin(tmp_path, schedule=schedule)
    trainer.run()
    lines, _ = read_lines(tmp_path / "metrics.jsonl")
    assert [line["epoch"] for line in lines] == list(range(6))
    assert lines[-1]["loss"] < lines[0]["loss"] - 0.3
    assert lines[-1]["pseudo_dice"]["kidney"] > 0.8
    averages = [line["ema"] for line in lines]
    assert trainer.state.position.best_average == pytest.approx(max(averages), abs=1e-5)
    assert trainer.state.position.best_epoch == int(np.argmax(averages))
    rates = [line["learning_rate"] for line in lines]
    assert rates == pytest.approx([0.05 * (1 - e / 6) ** 0.9 for e in range(6)])
    assert trainer.state.optimizer.param_groups[0]["lr"] == 0.05 * (1 - 5 / 6) ** 0.9
    status = TaskStatus.model_validate(read_json(tmp_path / "status.json"))
    assert (status.state, status.total_units) == ("running", 120)
    assert status.memory_gb


def test_mixed_precision_learns_the_same(begin, tmp_path: Path) -> None:
    full, mixed = begin(tmp_path / "full"), begin(tmp_path / "mixed", amp=torch.bfloat16)
    full.run()
    mixed.run()
    losses = [
        [line["loss"] for line in read_lines(tmp_path / name / "metrics.jsonl")[0]]
        for name in ("full", "mixed")
    ]
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], abs=0.05)


def test_a_checkpoint_that_cannot_be_written_is_said(begin, tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("a file where the folder should be")
    with pytest.raises(CheckpointNotWritten, match="could not be written"):
        begin(tmp_path).run()


def test_a_loss_that_is_no_number_is_said(begin, tmp_path: Path) -> None:
    trainer = begin(tmp_path, schedule=SCHEDULE.model_copy(update={"learning_rate": 1e30}))
    with pytest.raises(TrainingDiverged, match="in epoch"):
        trainer.run()


def test_checkpoints_survive_a_cut_file_and_hold_no_code(begin, tmp_path: Path) -> None:
    trainer = begin(tmp_path)
    trainer.run()
    files = sorted(trainer.checkpoints.glob("*.pt"))
    assert len(files) == 2
    assert files[1].name == "checkpoint_00003_00000.pt"
    files[1].write_bytes(files[1].read_bytes()[:-100])
    state = load_checkpoint(trainer.checkpoints)
    assert state is not None
    assert files[0].name == f"checkpoint_{state['position']['epoch']:05d}_00000.pt"
    files[0].write_bytes(b"")
    with pytest.raises(DamagedFile, match="matches its hash"):
        load_checkpoint(trainer.checkpoints)
    assert load_checkpoint(tmp_path / "nothing") is None
