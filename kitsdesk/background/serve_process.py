"""The warm process behind the window: `kitsdesk-trainer serve`, spoken to line by line."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from kitsdesk.background.crash_reason import crash_reason, memory_kills, not_started
from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import (
    CancelCommand,
    CancelledEvent,
    DeviceBusyEvent,
    ErrorEvent,
    FirstCommand,
    ForecastEvent,
    PredictCommand,
    ProcessorCommand,
    ProgressEvent,
    QuitCommand,
    ReadyEvent,
    ResultEvent,
    parse_event,
)

_LOG = logging.getLogger(__name__)
_CANCEL_GRACE_MS = 1000
_KEPT_CHARACTERS = 20_000


class ServeProcess(QObject):
    """Queues predictions for one `serve` process, started when first needed.

    A cancelled prediction is over at once for the window; if the process has not said so
    within a second it is killed, and the next prediction starts a new one. Where it ends by
    itself, the prediction that it was at fails with the reason, and those that waited go to
    a new one.
    """

    progressed = pyqtSignal(object)  # ProgressEvent
    foreseen = pyqtSignal(object)  # ForecastEvent
    deviceBusy = pyqtSignal(object)  # DeviceBusyEvent
    reordered = pyqtSignal()
    finished = pyqtSignal(object)  # ResultEvent
    failed = pyqtSignal(str, object)  # id, KitsDeskError
    cancelled = pyqtSignal(str)
    deviceKnown = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._queue: dict[str, PredictCommand] = {}
        self._dropped: set[str] = set()
        self._tail = b""
        self._said = ""
        self._memory_kills = 0
        self._computing: str | None = None
        self._closing = False
        self._threads = 0
        self._stale = False
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(self._kill)

    @property
    def running(self) -> tuple[str, ...]:
        """Return the ids of predictions not finished yet, first come first."""
        return tuple(self._queue)

    def predict(self, command: PredictCommand) -> None:
        """Queue one prediction; progress and end come as signals with its id."""
        if self._stale and not self._queue:
            self._retire()
        self._queue[command.id] = command
        self._started().write((command.line() + "\n").encode())

    @property
    def threads(self) -> int:
        """Return the number of CPU threads it predicts with, 0 = all."""
        return self._threads

    def set_threads(self, threads: int) -> None:
        """Predict with so many CPU threads, 0 = all; from the next idle moment on, since a
        process keeps the number that it began with."""
        if threads != self._threads:
            self._threads, self._stale = threads, self._process is not None

    def renew(self) -> None:
        """Predict with a new process from the next idle moment on: the trainer is another."""
        self._stale = self._process is not None

    def cancel(self, identity: str) -> None:
        """Discard the prediction now, whatever the process still does."""
        if self._queue.pop(identity, None) is None:
            return
        self._dropped.add(identity)
        if self._process is not None:
            self._process.write((CancelCommand(id=identity).line() + "\n").encode())
            if not self._grace.isActive():
                self._grace.start(_CANCEL_GRACE_MS)
        self.cancelled.emit(identity)

    def let_first(self, identity: str) -> None:
        """Let a waiting prediction be the next one."""
        if identity not in self._queue or identity == self._computing:
            return
        order = [each for each in (self._computing, identity) if each in self._queue]
        order += [other for other in self._queue if other not in order]
        self._queue = {each: self._queue[each] for each in order}
        if self._process is not None:
            self._process.write((FirstCommand(id=identity).line() + "\n").encode())
        self.reordered.emit()

    def use_processor(self, identity: str) -> None:
        """Let a prediction that waits for a GPU use the CPU."""
        if identity in self._queue and self._process is not None:
            self._process.write((ProcessorCommand(id=identity).line() + "\n").encode())

    def close(self) -> None:
        """End the process; called when the program ends."""
        self._closing = True
        if self._process is None:
            return
        self._process.write((QuitCommand().line() + "\n").encode())
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(1500):
            self._process.kill()
            self._process.waitForFinished(1000)

    def _started(self) -> QProcess:
        if self._process is None:
            program, arguments = trainer_command()
            process = QProcess(self)
            process.setProcessEnvironment(trainer_environment(self._threads))
            process.readyReadStandardOutput.connect(self._read)
            process.readyReadStandardError.connect(self._log_errors)
            process.finished.connect(self._on_finished)
            process.errorOccurred.connect(self._on_error)
            self._said = ""
            self._memory_kills = memory_kills()
            process.start(program, [*arguments, "serve"])
            self._process, self._tail = process, b""
        return self._process

    def _retire(self) -> None:
        """Let the idle process go; the next prediction starts another."""
        self._stale = False
        old, self._process = self._process, None
        if old is None:
            return
        old.readyReadStandardOutput.disconnect(self._read)
        old.readyReadStandardError.disconnect(self._log_errors)
        old.finished.disconnect(self._on_finished)
        old.errorOccurred.disconnect(self._on_error)
        old.finished.connect(old.deleteLater)
        old.write((QuitCommand().line() + "\n").encode())
        old.closeWriteChannel()

    def _read(self) -> None:
        assert self._process is not None
        self._tail += self._process.readAllStandardOutput().data()
        *lines, self._tail = self._tail.split(b"\n")
        for line in lines:
            try:
                self._handle(parse_event(line.decode()))
            except (ValidationError, ValueError):
                _LOG.warning("serve wrote a line that is no event")

    def _handle(self, event: object) -> None:
        if isinstance(event, ReadyEvent):
            self.deviceKnown.emit(event.device)
        elif isinstance(event, ForecastEvent) and event.id in self._queue:
            self.foreseen.emit(event)
        elif isinstance(event, DeviceBusyEvent) and event.id in self._queue:
            self.deviceBusy.emit(event)
        elif isinstance(event, ProgressEvent) and event.id in self._queue:
            if event.phase == "predict":
                self._computing = event.id
            self.progressed.emit(event)
        elif isinstance(event, ResultEvent) and self._take(event.id):
            self.finished.emit(event)
        elif isinstance(event, ErrorEvent) and self._take(event.id):
            parts = dict(event.error)
            self.failed.emit(
                event.id,
                KitsDeskError(
                    parts.get("happened", "The prediction failed."),
                    kept=parts.get("kept", ""),
                    advice=parts.get("advice", ""),
                ),
            )
        elif isinstance(event, CancelledEvent):
            self._dropped.discard(event.id)
            if not self._dropped:
                self._grace.stop()

    def _take(self, identity: str) -> bool:
        if identity in self._dropped:
            self._dropped.discard(identity)
            self._grace.stop()
        return self._queue.pop(identity, None) is not None

    def _log_errors(self) -> None:
        assert self._process is not None
        # A line may come in pieces: the fault handler writes word by word.
        text = self._process.readAllStandardError().data().decode(errors="replace")
        self._said = (self._said + text)[-_KEPT_CHARACTERS:]
        if text.strip():
            _LOG.info("serve: %s", text.strip()[-2000:])

    def _kill(self) -> None:
        if self._process is not None and self._dropped:
            self._process.kill()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        """Fail everything where the program does not start: it would not the next time."""
        if error != QProcess.ProcessError.FailedToStart or self._process is None:
            return
        problem = not_started(self._process.errorString())
        self._process = None
        waiting, self._queue = self._queue, {}
        for identity in waiting:
            self.failed.emit(identity, problem)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is not None:
            self._log_errors()
        self._process = None
        self._grace.stop()
        killed_on_purpose = bool(self._dropped) or self._closing
        self._dropped.clear()
        waiting, self._queue = self._queue, {}
        if self._closing:
            return
        blamed = self._computing if self._computing in waiting else next(iter(waiting), None)
        at_work, self._computing = None if killed_on_purpose else blamed, None
        crashed = status == QProcess.ExitStatus.CrashExit
        killed = memory_kills() > self._memory_kills
        reason = crash_reason(
            code, crashed=crashed, said=self._said.splitlines(), memory_killed=killed
        )
        for identity, command in waiting.items():
            if identity != at_work:
                self.predict(command)
        if at_work is not None:
            self.failed.emit(at_work, reason)
