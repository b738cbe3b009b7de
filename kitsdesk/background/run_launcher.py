"""Starts, stops and resumes runs through `kitsdesk-trainer run`, the only way there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess

from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from trainer.contract.errors import KitsDeskError
from trainer.contract.run_folder import PAUSE_FILE

Ended = Callable[[KitsDeskError | None], None]


class RunRefused(KitsDeskError):
    """`kitsdesk-trainer run` could not do what was asked."""


class RunLauncher(QObject):
    """Short-lived helper processes; the run itself is detached and outlives the window."""

    def __init__(self) -> None:
        super().__init__()
        self._processes: set[QProcess] = set()
        self._threads = 0

    def set_threads(self, threads: int) -> None:
        """Let runs started from now on use so many CPU threads, 0 = all."""
        self._threads = threads

    def start(self, run: Path, ended: Ended, engine: str = "local") -> None:
        """Start the run; `ended(None)` once it is under way, else with the reason."""
        self._call(["start", str(run), "--engine", engine], ended)

    def cancel(self, run: Path, ended: Ended) -> None:
        """Ask the run to stop; tasks leave a checkpoint first."""
        self._call(["cancel", str(run)], ended)

    def resume(self, run: Path, ended: Ended) -> None:
        """Continue a run that failed or was cancelled."""
        self._call(["resume", str(run)], ended)

    def pause(self, run: Path, paused: bool) -> None:
        """Make the run wait between two steps, or go on."""
        if paused:
            (run / PAUSE_FILE).touch()
        else:
            (run / PAUSE_FILE).unlink(missing_ok=True)

    def _call(self, words: list[str], ended: Ended) -> None:
        program, arguments = trainer_command()
        process = QProcess(self)
        process.setProcessEnvironment(trainer_environment(self._threads))
        self._processes.add(process)

        def on_finished(code: int, status: QProcess.ExitStatus) -> None:
            self._processes.discard(process)
            errors = process.readAllStandardError().data().decode(errors="replace")
            crashed = status == QProcess.ExitStatus.CrashExit
            ended(_refusal(words[0], errors) if code or crashed else None)
            process.deleteLater()

        process.finished.connect(on_finished)
        process.start(program, [*arguments, "run", *words])


def _refusal(verb: str, errors: str) -> RunRefused:
    for line in reversed(errors.strip().splitlines()):
        try:
            parts = json.loads(line)["error"]
        except (ValueError, KeyError, TypeError):
            continue
        return RunRefused(parts["happened"], kept=parts["kept"], advice=parts["advice"])
    last = errors.strip().splitlines()[-1:] or ["no reason was given"]
    return RunRefused(f"The run could not {verb}: {last[0]}.", kept="Nothing was started.")
