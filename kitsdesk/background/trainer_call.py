"""One short call of `kitsdesk-trainer` in a process of its own, and what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, QProcess

from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from trainer.contract.errors import KitsDeskError

Records = list[dict[str, Any]]
Answered = Callable[[Records, KitsDeskError | None], None]


class RunRefused(KitsDeskError):
    """`kitsdesk-trainer run` could not do what was asked."""


class TrainerCall(QObject):
    """Starts at once; `answered(records, None)` comes with the JSON lines it printed, or
    `answered([], problem)` with its own words for what was wrong."""

    def __init__(
        self, parent: QObject, words: list[str], answered: Answered, threads: int = 0
    ) -> None:
        super().__init__(parent)
        self._verb = " ".join(words[:2])
        self._answered = answered
        self._process = QProcess(self)
        self._process.setProcessEnvironment(trainer_environment(threads))
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        program, arguments = trainer_command()
        self._process.start(program, [*arguments, *words])

    def close(self) -> None:
        """End the process without an answer; a run that it started goes on."""
        self._process.finished.disconnect(self._on_finished)
        self._process.errorOccurred.disconnect(self._on_error)
        self._process.kill()
        self._process.waitForFinished(500)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._answered([], RunRefused("kitsdesk-trainer could not be started."))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        errors = self._process.readAllStandardError().data().decode(errors="replace")
        printed = self._process.readAllStandardOutput().data().decode(errors="replace")
        if code or status == QProcess.ExitStatus.CrashExit:
            self._answered([], refusal(self._verb, errors))
        else:
            self._answered(json_lines(printed), None)


def json_lines(text: str) -> Records:
    """Return the JSON objects of a text that has one on each line; other lines are left out."""
    records: Records = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records


def refusal(verb: str, errors: str) -> RunRefused:
    """Return what a call that failed said on stderr, as a problem to be shown."""
    for record in reversed(json_lines(errors)):
        parts = record.get("error")
        if isinstance(parts, dict) and "happened" in parts:
            return RunRefused(
                str(parts["happened"]),
                kept=str(parts.get("kept", "")),
                advice=str(parts.get("advice", "")),
            )
    last = errors.strip().splitlines()[-1:] or ["no reason was given"]
    return RunRefused(f"{verb} failed: {last[0]}.", kept="Nothing was started.")
