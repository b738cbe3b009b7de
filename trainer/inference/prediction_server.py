"""The loop behind `serve`: one prediction at a time, which can be cancelled between tiles."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.events import (
    CancelCommand,
    CancelledEvent,
    ErrorEvent,
    PredictCommand,
    ProgressEvent,
    ReadyEvent,
    ResultEvent,
    parse_command,
)
from trainer.imaging.reader import read_image
from trainer.inference.case_prediction import Seconds
from trainer.inference.loaded_model import choose_device
from trainer.inference.predict_case import predict_case
from trainer.inference.predict_region import predict_region
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.project_layout import write_project_prediction, write_region
from trainer.inference.warm_models import WarmModels

Emitted = ReadyEvent | ProgressEvent | ResultEvent | ErrorEvent | CancelledEvent

_PROGRESS_EVERY_S = 0.1


class PredictionServer:
    """Reads commands in a thread of its own, so that a cancel is heard during a prediction.

    Parameters
    ----------
    emit : writes one event; called from two threads, one at a time.
    """

    def __init__(self, emit: Callable[[Emitted], None]) -> None:
        self._write = emit
        self._emitting = threading.Lock()
        self._inbox: queue.Queue[PredictCommand | None] = queue.Queue()
        self._pending: set[str] = set()
        self._cancelled: set[str] = set()
        self._closing = threading.Event()
        self._models = WarmModels()

    def serve(self, lines: Iterable[str], idle_s: float | None = None) -> None:
        """Serve until the lines end, a quit command comes, or `idle_s` pass with no work."""
        reader = threading.Thread(target=self._read, args=(lines,), daemon=True)
        reader.start()
        while True:
            try:
                command = self._inbox.get(timeout=idle_s)
            except queue.Empty:
                return
            if command is None:
                return
            self._answer(command)

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
                self._pending.add(command.id)
                self._inbox.put(command)
            elif isinstance(command, CancelCommand):
                self._cancel(command.id)
            else:
                break
        # The end of the lines means that the window is gone: nobody waits for the result.
        self._closing.set()
        self._inbox.put(None)

    def _cancel(self, identity: str) -> None:
        if identity in self._pending:
            self._cancelled.add(identity)
        else:
            self._emit(CancelledEvent(id=identity))

    def _emit(self, event: Emitted) -> None:
        with self._emitting:
            self._write(event)

    def _answer(self, command: PredictCommand) -> None:
        """Predict, and answer with exactly one result, error or cancelled event."""
        try:
            seconds = self._predict(command)
            self._raise_if_cancelled(command.id)
            answer: Emitted = ResultEvent(
                id=command.id, folder=command.out, seconds=seconds.rounded()
            )
        except Cancelled:
            answer = CancelledEvent(id=command.id)
        except KitsDeskError as error:
            answer = ErrorEvent(id=command.id, error=error.as_dict())
        except (RuntimeError, OSError, ValueError, MemoryError) as error:
            answer = ErrorEvent(id=command.id, error=_in_words(error))
        self._pending.discard(command.id)
        self._cancelled.discard(command.id)
        self._emit(answer)

    def _predict(self, command: PredictCommand) -> Seconds:
        seconds = Seconds()
        tick = _Progress(command.id, self._emit, lambda: self._raise_if_cancelled(command.id))
        tick("load", 0, 0)
        device = choose_device(command.device)
        with seconds.timed("load"):
            models = [self._models.get(Path(m), command.folds, device) for m in command.models]
        tick("read", 0, 0)
        with seconds.timed("read"):
            volume = read_image(Path(command.image))
        settings = PredictionSettings(mirror=command.mirror)
        out = Path(command.out)
        if command.region is not None:
            mask = predict_region(volume, command.region, models, tick, seconds)
            tick("write", 1, 1)
            with seconds.timed("write"):
                write_region(out, mask, volume.geometry)
            return seconds
        prediction = predict_case(command.case, volume, models, settings, tick, seconds)
        tick("write", 1, 1)
        with seconds.timed("write"):
            write_project_prediction(out, prediction, volume.geometry, seconds.rounded())
        return seconds

    def _raise_if_cancelled(self, identity: str) -> None:
        if identity in self._cancelled or self._closing.is_set():
            raise Cancelled


class _Progress:
    """Turns ticks into at most ten events a second, every new phase among them."""

    def __init__(
        self, identity: str, emit: Callable[[Emitted], None], check: Callable[[], None]
    ) -> None:
        self._identity = identity
        self._emit = emit
        self._check = check
        self._phase = ""
        self._last = 0.0
        self._begun = 0.0

    def __call__(self, phase: str, done: float, total: float) -> None:
        self._check()
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun = phase, now
        elif now - self._last < _PROGRESS_EVERY_S:
            return
        self._last = now
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


def _in_words(error: Exception) -> dict[str, str]:
    memory = "out of memory" in str(error).lower() or isinstance(error, MemoryError)
    return KitsDeskError(
        "There is not enough memory for this prediction."
        if memory
        else f"The prediction failed: {type(error).__name__}: {error}.",
        kept="Masks and earlier predictions are unchanged.",
        advice="Predict on the CPU, or close other programs." if memory else "",
    ).as_dict()
