"""The training loop of one fold: epochs of steps, each epoch followed by validation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.fault_points import reach
from trainer.contract.presets import Schedule
from trainer.evaluation.memorisation import CASE_LOSSES_FILE
from trainer.nets.unet import UNet
from trainer.training.batch_step import BatchStep
from trainer.training.batches import BatchSource
from trainer.training.checkpoint import load_checkpoint, save_checkpoint
from trainer.training.compute import Compute
from trainer.training.epoch_lines import EpochLines
from trainer.training.fold_state import FoldState
from trainer.training.full_disk import PatientWriter
from trainer.training.interruption import Interruption
from trainer.training.pseudo_dice import PseudoDice, moving_average
from trainer.training.task_record import TaskRecord
from trainer.training.tensorboard_log import TensorBoardLog
from trainer.training.training_curves import TrainingCurves
from trainer.training.training_report import TrainingReport

# An epoch ends with a checkpoint when writing one takes at most a fiftieth of the time
# since the last: seconds for a small network, minutes for a large one.
_SAVING_SHARE = 50


class TrainingDiverged(KitsDeskError):
    """The loss is not a number any more."""


class SampleBySample(KitsDeskError):
    """A batch does not fit the memory, its samples do; said, not refused."""


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
        writer: PatientWriter | None = None,
    ) -> None:
        self.state = FoldState(network, schedule, compute)
        self._training, self._validation = batches
        self._schedule, self._compute = schedule, compute
        self._record, self._interruption = record, interruption
        self._writer = writer or PatientWriter(record.folder, record, interruption)
        self._report = TrainingReport(record, schedule, compute)
        self._step = BatchStep(self.state, compute, schedule.clip_norm, self._say_by_sample)
        self._case_lines = EpochLines(record.folder / CASE_LOSSES_FILE)
        self._curves = TrainingCurves(record.folder)
        self._saved_at, self._saving_took = time.monotonic(), 0.0

    @property
    def checkpoints(self) -> Path:
        """Return the folder of this fold's checkpoints."""
        return self._record.folder / "checkpoints"

    def resume(self) -> bool:
        """Continue from the newest checkpoint; return whether there was one.

        Raises
        ------
        DamagedFile : none is good, or it is one of another network.
        """
        checkpoint = load_checkpoint(self.checkpoints)
        if checkpoint is None:
            return False
        try:
            self.state.restore(checkpoint)
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            raise DamagedFile(
                "The checkpoint is not one of this network.",
                kept="The files were left as they are.",
                advice="Start the fold again in a new run.",
            ) from error
        return True

    def run(self, events: TensorBoardLog | None = None) -> None:
        """Train until the last epoch; `events` are written besides.

        Raises
        ------
        Cancelled : a person or the machine asked to stop; a checkpoint was written.
        TrainingDiverged : the loss became infinite or undefined.
        """
        self._report.begin(self.state.position, events)
        while self.state.position.epoch < self._schedule.epochs:
            self._train_epoch()
            self._end_epoch()
        self._save()
        self._write(self._curves.draw)

    def _train_epoch(self) -> None:
        position = self.state.position
        began = time.monotonic() - position.seconds
        for group in self.state.optimizer.param_groups:
            group["lr"] = self._schedule.rate(position.epoch)
        total = torch.tensor(position.loss_sum, dtype=torch.float64, device=self._compute.device)
        steps = self._schedule.steps
        for image, mask in self._training.batches(position.epoch, position.step, steps):
            result = self._step.take(image, mask)
            cases = self._training.cases(position.epoch, position.step)
            self.state.case_losses.add(cases, result, mask)
            total += result.losses.mean().double()
            position.step += 1
            reach("training.step")
            self._write(lambda: self._report.step(position, "Training"))
            if self._interruption.requested() is not None:
                position.loss_sum, position.seconds = float(total), time.monotonic() - began
                self._stop_or_wait()
        position.loss_sum, position.seconds = float(total), time.monotonic() - began

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
        reach("training.validated")
        self._write_epoch(loss, validation_loss)
        reach("training.told")
        position.next_epoch()
        self.state.case_losses.clear()
        if time.monotonic() - self._saved_at > _SAVING_SHARE * self._saving_took:
            self._save()

    def _validate(self) -> tuple[float, dict[str, float]]:
        """Return loss and pseudo-Dice over the epoch's validation batches.

        The network stays in training mode: it has neither dropout nor running statistics,
        and the loss wants all heads. Interrupted here, an epoch is validated again.
        """
        dice, losses = PseudoDice(), []
        position, steps = self.state.position, self._schedule.validation_steps
        for image, mask in self._validation.batches(position.epoch, 0, steps):
            result = self._step.judge(image, mask)
            losses.append(float(result.losses.mean()))
            dice.add(result.logits, mask)
            self._write(lambda: self._report.step(position, "Validating"))
            if self._interruption.requested() is not None:
                self._stop_or_wait()
        return sum(losses) / max(1, len(losses)), dice.values()

    def _write_epoch(self, loss: float, validation_loss: float) -> None:
        position = self.state.position
        rate = self._schedule.rate(position.epoch)
        cases = {"epoch": position.epoch, "cases": self.state.case_losses.by_case()}
        self._write(lambda: self._case_lines.append(cases))
        self._write(lambda: self._report.epoch(position, (loss, validation_loss), rate))
        self._write(self._curves.draw_if_due)

    def _stop_or_wait(self) -> None:
        """Write a checkpoint; wait while pausing is asked for, leave where cancelling is."""
        self._save()
        if self._interruption.requested() == "pause":
            self._write(lambda: self._record.state("paused", "Paused; a checkpoint is kept."))
            self._interruption.wait_while_paused()
            self._write(lambda: self._record.state("running"))
        self._interruption.raise_if_cancelled(
            f"A checkpoint of epoch {self.state.position.epoch} is kept."
        )

    def _save(self) -> None:
        began = time.monotonic()
        position, state = self.state.position, self.state.as_checkpoint()
        self._write(
            lambda: save_checkpoint(self.checkpoints, state, position.epoch, position.step),
            needed=_bytes(state),
        )
        self._saved_at = time.monotonic()
        self._saving_took = self._saved_at - began

    def _write(self, attempt: Callable[[], object], needed: int = 0) -> None:
        self._writer.write(self._record.folder, attempt, needed)

    def _say_by_sample(self) -> None:
        self._write(
            lambda: self._record.notice(
                SampleBySample(
                    f"A batch of {self._schedule.batch} does not fit the memory of "
                    f"{self._compute.device}: gradients are accumulated sample by sample.",
                    kept="The result is the same; a step takes longer.",
                )
            )
        )


def _bytes(state: object) -> int:
    """Return what the tensors of a checkpoint take."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, dict):
        return sum(map(_bytes, state.values()))
    return sum(map(_bytes, state)) if isinstance(state, list | tuple) else 0
