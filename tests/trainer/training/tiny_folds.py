"""A network and a schedule that train in a second, and how a test asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import torch

from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import Schedule
from trainer.nets.unet import UNet
from trainer.training.fold_trainer import FoldTrainer
from trainer.training.interruption import Interruption

NETWORK = NetworkConfig(
    architecture="residual",
    features=(4, 6),
    strides=((1, 1, 1), (2, 2, 2)),
    blocks=(1, 1),
)
SCHEDULE = Schedule(
    epochs=3, steps=5, validation_steps=2, learning_rate=0.05, momentum=0.9, augmentation="paper"
)


class TrainerMaker(Protocol):
    """Makes a trainer of a tiny fold in a folder."""

    def __call__(
        self,
        folder: Path,
        interruption: Interruption | None = None,
        schedule: Schedule = SCHEDULE,
        amp: torch.dtype | None = None,
        network: UNet | None = None,
    ) -> FoldTrainer: ...


def same_state(first: FoldTrainer, second: FoldTrainer) -> bool:
    """Return whether weights, best weights and momentum are equal bit for bit."""
    ours, theirs = first.state.as_checkpoint(), second.state.as_checkpoint()
    for part in ("network", "best_weights"):
        if not all(torch.equal(ours[part][name], theirs[part][name]) for name in ours[part]):
            return False
    moments = zip(
        ours["optimizer"]["state"].values(), theirs["optimizer"]["state"].values(), strict=True
    )
    return all(torch.equal(a["momentum_buffer"], b["momentum_buffer"]) for a, b in moments)
