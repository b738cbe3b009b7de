"""What training tells while it runs: progress, time left, a line of metrics per epoch."""

from __future__ import annotations

import time

from trainer.contract.presets import Schedule
from trainer.training.compute import Compute
from trainer.training.fold_state import Position
from trainer.training.task_record import TaskRecord
from trainer.training.tensorboard_log import TensorBoardLog


class TrainingReport:
    """Turns positions into status.json, metrics.jsonl and, where asked for, events."""

    def __init__(
        self,
        record: TaskRecord,
        schedule: Schedule,
        compute: Compute,
    ) -> None:
        self._events: TensorBoardLog | None = None
        self._record, self._schedule, self._compute = record, schedule, compute
        self._total = schedule.epochs * schedule.steps
        self._began = time.monotonic()
        self._first = 0
        self._seconds_per_epoch: float | None = None

    def begin(self, position: Position, events: TensorBoardLog | None = None) -> None:
        """Start measuring; time left is estimated from this session's steps alone. Epochs
        are written to `events` too."""
        self._events = events
        self._began, self._first = time.monotonic(), self._done(position)

    def step(self, position: Position, doing: str) -> None:
        """Report one step of training or validation."""
        done = self._done(position)
        in_session = done - self._first
        elapsed = time.monotonic() - self._began
        eta = elapsed / in_session * (self._total - done) if in_session else None
        self._record.progress(
            f"{doing}, epoch {min(position.epoch + 1, self._schedule.epochs)} of "
            f"{self._schedule.epochs}",
            done,
            self._total,
            eta_s=None if eta is None else round(eta, 1),
            seconds_per_epoch=self._seconds_per_epoch,
            memory_gb=round(self._compute.memory_gb(), 3),
        )

    def epoch(self, position: Position, losses: tuple[float, float], learning_rate: float) -> None:
        """Append the line of the epoch that just ended; losses are (training, validation)."""
        self._seconds_per_epoch = round(position.seconds, 3)
        dice = {
            name: None if name not in position.last_dice else round(position.last_dice[name], 5)
            for name in ("kidney", "tumor")
        }
        metrics = {
            "epoch": position.epoch,
            "loss": round(losses[0], 6),
            "validation_loss": round(losses[1], 6),
            "pseudo_dice": dice,
            "ema": round(position.average or 0.0, 6),
            "seconds": self._seconds_per_epoch,
            "memory_gb": round(self._compute.memory_gb(), 3),
            "learning_rate": learning_rate,
            "time": round(time.time(), 1),
        }
        self._record.epoch(metrics)
        if self._events is not None:
            self._events.epoch(metrics)

    def _done(self, position: Position) -> int:
        return position.epoch * self._schedule.steps + position.step
