"""Everything a fold's training can be continued from, bit for bit."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD

from trainer.contract.presets import Schedule
from trainer.nets.unet import UNet
from trainer.training.case_losses import CaseLosses
from trainer.training.compute import Compute


@dataclass
class Position:
    """Where training stands: the epoch, the steps done in it with the sum of their losses
    and their seconds, the seconds of all earlier epochs, and the moving average of the
    pseudo-Dice, now and at its best."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    earlier_seconds: float = 0.0
    average: float | None = None
    best_average: float | None = None
    best_epoch: int = 0
    best_dice: dict[str, float] = field(default_factory=dict)
    last_dice: dict[str, float] = field(default_factory=dict)

    def next_epoch(self) -> None:
        """Move to the first step of the next epoch."""
        self.earlier_seconds += self.seconds
        self.epoch, self.step, self.loss_sum, self.seconds = self.epoch + 1, 0, 0.0, 0.0


class FoldState:
    """Network, optimizer, gradient scaler, best weights and position of one fold.

    `by_sample` says that a batch does not fit the memory (`batch_step`); it holds for the
    device it was found on. On a CPU the weights are laid out with channels last, which
    its convolutions compute a fifth faster.
    """

    def __init__(self, network: UNet, schedule: Schedule, compute: Compute) -> None:
        self.network = network.to(compute.device).train()
        if compute.device.type == "cpu":
            # The layout of five axes is one that torch's signature does not name.
            self.network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
        self._device = str(compute.device)
        self.by_sample = False
        self.case_losses = CaseLosses()
        self.optimizer = SGD(
            self.network.parameters(),
            lr=schedule.learning_rate,
            momentum=schedule.momentum,
            weight_decay=schedule.weight_decay,
            nesterov=schedule.momentum > 0,
        )
        self.scaler = torch.amp.GradScaler(
            compute.device.type, enabled=compute.amp is torch.float16
        )
        self.position = Position()
        self.best_weights = self.weights()

    def weights(self) -> dict[str, Tensor]:
        """Return a copy of the network's present weights, on the CPU."""
        return {
            name: tensor.detach().cpu().clone()
            for name, tensor in self.network.state_dict().items()
        }

    def as_checkpoint(self) -> dict[str, Any]:
        """Return the state as tensors and plain Python."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "best_weights": self.best_weights,
            "position": asdict(self.position),
            "case_losses": self.case_losses.as_checkpoint(),
            "by_sample": self._device if self.by_sample else "",
        }

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Take over what `as_checkpoint` returned."""
        self.network.load_state_dict(checkpoint["network"])
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        self.scaler.load_state_dict(checkpoint["scaler"])
        self.best_weights = checkpoint["best_weights"]
        self.position = Position(**checkpoint["position"])
        if "case_losses" in checkpoint:
            self.case_losses.restore(checkpoint["case_losses"])
        self.by_sample = checkpoint.get("by_sample", "") == self._device
