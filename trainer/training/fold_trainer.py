"""The training loop of one fold: epochs of steps, each epoch followed by validation."""

from __future__ import annotations

import math
import time
from pathlib import Path

import torch
from torch import Tensor

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.presets import Schedule
from trainer.nets.unet import UNet
from trainer.training.batches import BatchSource
from trainer.training.checkpoint import load_checkpoint, save_checkpoint
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState
from trainer.training.interruption import Interruption
from trainer.training.loss import supervised_loss
from trainer.training.pseudo_dice import PseudoDice, moving_average
from trainer.training.task_record import TaskRecord
from trainer.training.training_report import TrainingReport

# An epoch ends with a checkpoint when writing one takes at most a fiftieth of the time
# since the last: seconds for a small network, minutes for a large one.
_SAVING_SHARE = 50


class TrainingDiverged(KitsDeskError):
    """The loss is not a number any more."""


class FoldTrainer:
    """Trains one network. The result depends on seed, data and number of threads alone,
    wherever it was interrupted (on a CPU bit for bit)."""

    def __init__(
        self,
        network: UNet,
        batches: tuple[BatchSource, BatchSource],
        schedule: Schedule,
        compute: Compute,
        record: TaskRecord,
        interruption: Interruption,
    ) -> None:
        self.state = FoldState(network, schedule, compute)
        self._training, self._validation = batches
        self._schedule, self._compute = schedule, compute
        self._record, self._interruption = record, interruption
        self._report = TrainingReport(record, schedule, compute)
        self._saved_at, self._saving_took = time.monotonic(), 0.0

    @property
    def checkpoints(self) -> Path:
        """Return the folder of this fold's checkpoints."""
        return self._record.folder / "checkpoints"

    def resume(self) -> bool:
        """Continue from the newest checkpoint; return whether there was one."""
        checkpoint = load_checkpoint(self.checkpoints)
        if checkpoint is not None:
            self.state.restore(checkpoint)
        return checkpoint is not None

    def run(self) -> None:
        """Train until the last epoch.

        Raises
        ------
        Cancelled : a person or the machine asked to stop; a checkpoint was written.
        TrainingDiverged : the loss became infinite or undefined.
        """
        self._report.begin(self.state.position)
        while self.state.position.epoch < self._schedule.epochs:
            self._train_epoch()
            self._end_epoch()
        self._save()

    def _train_epoch(self) -> None:
        position = self.state.position
        began = time.monotonic() - position.seconds
        for group in self.state.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        total = torch.tensor(position.loss_sum, dtype=torch.float64, device=self._compute.device)
        steps = self._schedule.steps
        for image, mask in self._training.batches(position.epoch, position.step, steps):
            total += self._step(image, mask)
            position.step += 1
            self._report.step(position, "Training")
            if self._interruption.requested() is not None:
                position.loss_sum, position.seconds = float(total), time.monotonic() - began
                self._stop_or_wait()
        position.loss_sum, position.seconds = float(total), time.monotonic() - began

    def _step(self, image: Tensor, mask: Tensor) -> Tensor:
        """Take one optimizer step and return its loss."""
        state = self.state
        state.optimizer.zero_grad(set_to_none=True)
        with self._compute.autocast():
            heads = state.network(image)
        loss = supervised_loss(heads, mask)
        torch.autograd.backward(state.scaler.scale(loss))
        state.scaler.unscale_(state.optimizer)
        torch.nn.utils.clip_grad_norm_(state.network.parameters(), self._schedule.clip_norm)
        state.scaler.step(state.optimizer)
        state.scaler.update()
        return loss.detach().double()

    def _end_epoch(self) -> None:
        """Validate, keep the weights if they are the best, report, write a checkpoint."""
        position = self.state.position
        loss = position.loss_sum / self._schedule.steps
        if not math.isfinite(loss):
            raise TrainingDiverged(
                f"The loss is no number any more in epoch {position.epoch}.",
                kept="The last checkpoint was kept.",
                advice="Train in fp32, or with a lower learning rate.",
            )
        began = time.monotonic()
        validation_loss, dice = self._validate()
        position.seconds += time.monotonic() - began
        position.last_dice = dice
        position.average = moving_average(position.average, dice)
        if position.best_average is None or position.average > position.best_average:
            position.best_average, position.best_epoch = position.average, position.epoch
            position.best_dice = dice
            self.state.best_weights = self.state.weights()
        self._report.epoch(position, (loss, validation_loss), self._learning_rate())
        position.next_epoch()
        if time.monotonic() - self._saved_at > _SAVING_SHARE * self._saving_took:
            self._save()

    @torch.no_grad()
    def _validate(self) -> tuple[float, dict[str, float]]:
        """Return loss and pseudo-Dice over the epoch's validation batches.

        The network stays in training mode: it has neither dropout nor running statistics,
        and the loss wants all heads.
        """
        dice, losses = PseudoDice(), []
        steps = self._schedule.validation_steps
        for image, mask in self._validation.batches(self.state.position.epoch, 0, steps):
            with self._compute.autocast():
                heads = self.state.network(image)
            losses.append(float(supervised_loss(heads, mask)))
            dice.add(heads[0], mask)
            self._report.step(self.state.position, "Validating")
        return sum(losses) / max(1, len(losses)), dice.values()

    def _stop_or_wait(self) -> None:
        """Write a checkpoint; wait while pausing is asked for, leave where cancelling is."""
        self._save()
        if self._interruption.requested() == "pause":
            self._record.state("paused", "Paused; a checkpoint is kept.")
            self._interruption.wait_while_paused()
            self._record.state("running")
        if self._interruption.requested() == "cancel":
            raise Cancelled(f"A checkpoint of epoch {self.state.position.epoch} is kept.")

    def _save(self) -> None:
        began = time.monotonic()
        position = self.state.position
        save_checkpoint(self.checkpoints, self.state.as_checkpoint(), position.epoch, position.step)
        self._saved_at = time.monotonic()
        self._saving_took = self._saved_at - began

    def _learning_rate(self) -> float:
        left = 1 - self.state.position.epoch / self._schedule.epochs
        return float(self._schedule.learning_rate * left**self._schedule.decay_power)
