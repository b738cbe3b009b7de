"""The loop behind `serve`: one prediction at a time, which can be cancelled between tiles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.events import (
    CancelCommand,
    CancelledEvent,
    DeviceBusyEvent,
    ErrorEvent,
    Event,
    FirstCommand,
    ForecastEvent,
    PredictCommand,
    ProcessorCommand,
    ProgressEvent,
    ResultEvent,
    parse_command,
)
from trainer.imaging.image_memory import free_memory
from trainer.inference.case_pipeline import CasePipeline
from trainer.inference.command_queue import CommandQueue
from trainer.inference.device_turn import DeviceTurns
from trainer.inference.prediction_problem import in_words
from trainer.inference.served_case import ServedCase
from trainer.inference.warm_models import WarmModels

_PROGRESS_EVERY_S = 0.1


class PredictionServer:
    """Reads commands in a thread of its own, so that a cancel is heard during a prediction.

    While one case computes, the next one that waits is read and the last one written. A GPU
    that a run or another window uses is waited for.

    Parameters
    ----------
    emit : writes one event; called from several threads, one at a time.
    turns : gives out the GPUs.
    """

    def __init__(self, emit: Callable[[Event], None], turns: DeviceTurns | None = None) -> None:
        self._write = emit
        self._emitting = threading.Lock()
        self._queue = CommandQueue()
        self._under_way: set[str] = set()
        self._cancelled: set[str] = set()
        self._closing = threading.Event()
        self._models = WarmModels()
        self._turns = turns or DeviceTurns()

    def serve(self, lines: Iterable[str], idle_s: float | None = None) -> None:
        """Serve until the lines end, a quit command comes, or `idle_s` pass with no work."""
        self._queue.idle_s = idle_s
        reader = threading.Thread(target=self._read, args=(lines,), daemon=True)
        reader.start()
        CasePipeline[PredictCommand, ServedCase, ServedCase](self).run(self._queue)

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            if not line.strip():
                continue
            try:
                command = parse_command(line)
            except (ValidationError, ValueError) as error:
                happened = f"This is no command: {str(error).splitlines()[0]}."
                self._emit(ErrorEvent(id="", error=KitsDeskError(happened).as_dict()))
                continue
            if isinstance(command, PredictCommand):
                self._cancelled.discard(command.id)
                self._under_way.add(command.id)
                self._queue.put(command)
            elif isinstance(command, CancelCommand):
                self._cancel(command.id)
            elif isinstance(command, FirstCommand):
                self._queue.let_first(command.id)
            elif isinstance(command, ProcessorCommand):
                self._turns.use_processor(command.id)
            else:
                break
        # The end of the lines means that the window is gone: nobody waits for the result.
        self._closing.set()
        self._queue.close()

    def _cancel(self, identity: str) -> None:
        if identity in self._under_way:
            # What is read ahead still waits, and is told to stop too.
            self._cancelled.add(identity)
            if not self._queue.drop(identity):
                return
        self._answer(CancelledEvent(id=identity))

    def _emit(self, event: Event) -> None:
        with self._emitting:
            self._write(event)

    def _answer(self, event: ResultEvent | ErrorEvent | CancelledEvent) -> None:
        """Say how a prediction ended; every one has exactly one such event."""
        self._turns.give_back(event.id)
        self._under_way.discard(event.id)
        self._emit(event)

    def prepare(self, item: PredictCommand) -> ServedCase:
        """Wait for the device, load the models and read the case."""

        def check() -> None:
            self._raise_if_cancelled(item.id)

        def busy(holder: dict[str, Any]) -> None:
            run, task = str(holder.get("run", "")), str(holder.get("task", ""))
            self._emit(DeviceBusyEvent(id=item.id, run=run, task=task))

        device = self._turns.take(item.id, item.device, busy, check)
        tick = _Progress(item.id, self._emit, check)
        command = item.model_copy(update={"device": device})
        return ServedCase.prepared(command, self._models, tick)

    def compute(self, item: PredictCommand, prepared: ServedCase) -> ServedCase:
        """Run the networks."""
        self._raise_if_cancelled(item.id)
        expected = prepared.forecast()
        if expected is not None:
            free = round(free_memory() / 1e9, 2)
            self._emit(ForecastEvent(id=item.id, forecast=expected, free_gb=free))
        prepared.compute()
        prepared.runtimes = tuple(facts.as_dict() for facts in self._models.warm.take_facts())
        return prepared

    def finish(self, item: PredictCommand, made: ServedCase) -> None:
        """Restore, write, and answer."""
        made.alone = self._under_way == {item.id}
        made.write()
        self._answer(
            ResultEvent(
                id=item.id,
                folder=item.out,
                seconds=made.seconds.rounded(),
                runtimes=made.runtimes,
            )
        )

    def failed(self, item: PredictCommand, error: Exception) -> None:
        """Answer with what went wrong."""
        if isinstance(error, Cancelled):
            self._answer(CancelledEvent(id=item.id))
        else:
            self._answer(ErrorEvent(id=item.id, error=in_words(error).as_dict()))

    def waiting(self, item: PredictCommand, step: str) -> None:
        """Let a cancel be heard while the item is being read."""
        if step == "read":
            self._raise_if_cancelled(item.id)

    def _raise_if_cancelled(self, identity: str) -> None:
        if identity in self._cancelled or self._closing.is_set():
            raise Cancelled


class _Progress:
    """Turns ticks into at most ten events a second, every new phase among them."""

    def __init__(
        self, identity: str, emit: Callable[[Event], None], check: Callable[[], None]
    ) -> None:
        self._identity = identity
        self._emit = emit
        self._check = check
        self._phase = ""
        self._last = 0.0
        self._begun = 0.0
        self._said = (0.0, 0.0)

    def __call__(self, phase: str, done: float, total: float) -> None:
        self._check()
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun = phase, now
        elif now - self._last < _PROGRESS_EVERY_S or (done, total) == self._said:
            return
        self._last, self._said = now, (done, total)
        eta = (now - self._begun) / done * (total - done) if done > 0 else None
        self._emit(
            ProgressEvent(
                id=self._identity,
                phase=phase,
                done=done,
                total=total,
                eta_s=None if eta is None else round(eta, 2),
            )
        )
