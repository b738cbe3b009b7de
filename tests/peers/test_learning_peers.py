"""It learns as nnU-Net learns: the same weights, batches and steps give the same losses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("nnunetv2")

from tests.peers.nnunet_training import begin_theirs, train_theirs
from tests.peers.recorded_batches import CPU, PLAN, RecordedBatches, record_batches
from trainer.contract.network_config import Architecture
from trainer.contract.presets import Schedule, preset
from trainer.nets.build import build_network
from trainer.nets.nnunet_names import from_nnunet
from trainer.training.batch_step import BatchStep
from trainer.training.compute import Compute
from trainer.training.fold_trainer import FoldTrainer
from trainer.training.interruption import Interruption
from trainer.training.task_record import TaskRecord

pytestmark = [pytest.mark.peers, pytest.mark.timeout(1800)]

# nnU-Net's own schedule, shortened (the rate still falls every epoch) and begun at 0.002.
# From 0.01 the plain network's steps amplify rounding so much that nnU-Net's own trainer,
# given the same weights but for half a unit in the last place, differs from itself by 8e-4
# within 50 steps: no comparison could be closer than that.
SCHEDULE = Schedule(epochs=10, steps=10, validation_steps=0, learning_rate=0.002)
STEPS = SCHEDULE.epochs * SCHEDULE.steps
DEMO = preset("demo").model_copy(
    update={
        "features": {"plain": (8, 16, 32, 48), "residual": (8, 16, 32, 48)},
        "blocks": {"plain": (2, 2, 2, 2), "residual": (1, 1, 2, 2)},
        "nonlinearity": "leaky_relu",
        "skip": "avgpool",
        "zero_last_norm": True,
        "all_biases": True,
    }
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> RecordedBatches:
    """Return the batches that both trainers are given."""
    return record_batches(tmp_path_factory.mktemp("recorded"), STEPS)


@pytest.fixture
def train_ours(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Return a function that runs our fold trainer and returns the loss of every step."""
    losses: list[float] = []
    take = BatchStep.take

    def watched(self, image, mask):
        result = take(self, image, mask)
        losses.append(float(result.losses.mean()))
        return result

    monkeypatch.setattr(BatchStep, "take", watched)

    def run(network, recorded, folder: Path, schedule: Schedule = SCHEDULE) -> list[float]:
        folder.mkdir()
        trainer = FoldTrainer(
            network,
            (recorded, recorded),
            schedule,
            Compute(CPU, None),
            TaskRecord(folder),
            Interruption(None),
        )
        trainer.run()
        return losses

    return run


@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_the_loss_of_every_step_is_nnunets(
    architecture: Architecture,
    recorded: RecordedBatches,
    train_ours: Callable[..., list[float]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert recorded.images.shape == (STEPS, 2, 1, *PLAN.patch)
    config = DEMO.network(architecture)
    trainer = begin_theirs(tmp_path, config, SCHEDULE, monkeypatch)
    network = build_network(config)
    network.load_state_dict(from_nnunet(trainer.network.state_dict(), config))
    ours = np.array(train_ours(network, recorded, tmp_path / "ours"))
    theirs = np.array(train_theirs(trainer, recorded))
    assert len(ours) == len(theirs) == STEPS
    relative = np.abs(ours - theirs) / np.abs(theirs)
    with capsys.disabled():
        print(
            f"\n{architecture}: nnU-Net's loss {theirs[0]:.4f} to {theirs[-1]:.4f}; largest "
            f"relative difference in steps 1-50 {relative[:50].max():.1e}, in all {STEPS} "
            f"{relative.max():.1e}; absolute {np.abs(ours - theirs).max():.1e}"
        )
    assert relative[:50].max() < 1e-4
    assert relative.max() < 1e-2


def test_large_gradients_are_clipped_as_nnunets(
    recorded: RecordedBatches,
    train_ours: Callable[..., list[float]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schedule = SCHEDULE.model_copy(update={"epochs": 4, "steps": 1, "learning_rate": 0.002})
    config = DEMO.network("plain")
    trainer = begin_theirs(tmp_path, config, schedule, monkeypatch)
    with torch.no_grad():
        trainer.network.decoder.stages[-1].convs[-1].norm.weight *= 100
    network = build_network(config)
    network.load_state_dict(from_nnunet(trainer.network.state_dict(), config))
    norms: list[float] = []
    clip = torch.nn.utils.clip_grad_norm_

    def watched(parameters, max_norm):
        norm = clip(parameters, max_norm)
        norms.append(float(norm))
        return norm

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", watched)
    ours = train_ours(network, recorded, tmp_path / "ours", schedule)
    theirs = train_theirs(trainer, recorded)
    assert len(norms) == 8
    assert norms[0] > 2 * schedule.clip_norm
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    weights = network.state_dict()
    for name, tensor in from_nnunet(trainer.network.state_dict(), config).items():
        torch.testing.assert_close(weights[name], tensor, rtol=1e-3, atol=1e-4)
