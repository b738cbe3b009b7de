"""The warm process behind the window: `kitsdesk-trainer serve`, spoken to line by line."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import (
    CancelCommand,
    CancelledEvent,
    ErrorEvent,
    PredictCommand,
    ProgressEvent,
    QuitCommand,
    ReadyEvent,
    ResultEvent,
    parse_event,
)

_LOG = logging.getLogger(__name__)
_CANCEL_GRACE_MS = 1000


class ServeStopped(KitsDeskError):
    """The prediction process ended by itself."""


class ServeProcess(QObject):
    """Queues predictions for one `serve` process, started when first needed.

    A cancelled prediction is over at once for the window; if the process has not said so
    within a second it is killed, and the next prediction starts a new one.
    """

    progressed = pyqtSignal(object)  # ProgressEvent
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

    def set_threads(self, threads: int) -> None:
        """Predict with so many CPU threads, 0 = all; from the next idle moment on, since a
        process keeps the number that it began with."""
        if threads != self._threads:
            self._threads, self._stale = threads, self._process is not None

    def cancel(self, identity: str) -> None:
        """Discard the prediction now, whatever the process still does."""
        if self._queue.pop(identity, None) is None:
            return
        self._dropped.add(identity)
        if self._process is not None:
            self._process.write((CancelCommand(id=identity).line() + "\n").encode())
            self._grace.start(_CANCEL_GRACE_MS)
        self.cancelled.emit(identity)

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
        elif isinstance(event, ProgressEvent) and event.id in self._queue:
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
        text = self._process.readAllStandardError().data().decode(errors="replace").strip()
        if text:
            _LOG.info("serve: %s", text[-2000:])

    def _kill(self) -> None:
        if self._process is not None and self._dropped:
            self._process.kill()

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._process = None
        killed_on_purpose = bool(self._dropped) or self._closing
        self._dropped.clear()
        waiting, self._queue = self._queue, {}
        if killed_on_purpose and not self._closing:
            for command in waiting.values():
                self.predict(command)
            return
        reason = "crashed" if status == QProcess.ExitStatus.CrashExit else f"ended with {code}"
        for identity in waiting:
            self.failed.emit(
                identity,
                ServeStopped(
                    f"The prediction process {reason}.",
                    kept="Masks and earlier predictions are unchanged.",
                    advice="Predict again; the log (Help, System report) holds the details.",
                ),
            )
