"""nnU-Net v2's own trainer on recorded batches: everything is its own but the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

from tests.peers.nnunet_plans import CONFIGURATION, DATASET, plans
from tests.peers.recorded_batches import PLAN, RecordedBatches
from tests.peers.theirs import targets
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import Schedule


def begin_theirs(
    folder: Path, config: NetworkConfig, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return nnU-Net's trainer, initialised by itself from minimal plans."""
    described = plans(config, PLAN, schedule.batch)
    data = folder / "preprocessed" / described["dataset_name"] / "recorded"
    data.mkdir(parents=True)
    (data / "none.b2nd").touch()
    monkeypatch.setenv("nnUNet_preprocessed", str(folder / "preprocessed"))
    monkeypatch.setenv("nnUNet_results", str(folder / "results"))
    torch.manual_seed(2)
    trainer = nnUNetTrainer(
        {**described, "continue_training": False},
        CONFIGURATION,
        0,
        DATASET,
        device=torch.device("cpu"),
    )
    trainer.initial_lr = schedule.learning_rate
    trainer.num_epochs = schedule.epochs
    trainer.num_iterations_per_epoch = schedule.steps
    trainer.initialize()
    return trainer


def train_theirs(trainer: Any, recorded: RecordedBatches) -> list[float]:
    """Return the loss of every step of nnU-Net's trainer."""
    losses = []
    for epoch in range(trainer.num_epochs):
        trainer.on_train_epoch_start()
        outputs = []
        steps = trainer.num_iterations_per_epoch
        for image, mask in recorded.batches(epoch, 0, steps):
            sizes = head_sizes(trainer, mask.shape[1:])
            outputs.append(trainer.train_step({"data": image, "target": targets(mask, sizes)}))
        trainer.on_train_epoch_end(outputs)
        losses += [float(output["loss"]) for output in outputs]
        trainer.current_epoch += 1
    return losses


def head_sizes(trainer: Any, patch: torch.Size) -> list[list[int]]:
    """Return the sizes at which nnU-Net wants its targets."""
    return [
        [round(size * scale) for size, scale in zip(patch, scales, strict=True)]
        for scales in trainer._get_deep_supervision_scales()
    ]
