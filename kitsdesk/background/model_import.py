"""`kitsdesk-trainer model import-nnunet` in a process of its own, with its progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QProcess

from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from trainer.contract.errors import KitsDeskError

Progressed = Callable[[int, int], None]
Imported = Callable[[dict[str, Any]], None]
Refused = Callable[[KitsDeskError, str], None]


class ImportRefused(KitsDeskError):
    """The trainer did not take the model; its reason is passed on word for word."""


class ModelImport(QObject):
    """One import at a time; the window's thread only reads lines."""

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None

    @property
    def busy(self) -> bool:
        """Return whether an import is under way."""
        return self._process is not None

    def start(
        self,
        source: Path,
        target: Path,
        words: Sequence[str],
        progressed: Progressed,
        imported: Imported,
        refused: Refused,
    ) -> None:
        """Import `source` into the new folder `target`.

        Parameters
        ----------
        words : further arguments, such as --saw none.
        progressed : called with (folds done, folds in all).
        imported : called with what the command prints last.
        refused : called with the reason and the name of its type.
        """
        program, arguments = trainer_command()
        process = QProcess(self)
        process.setProcessEnvironment(trainer_environment())
        self._process = process
        last: dict[str, Any] = {}

        def on_finished(code: int, status: QProcess.ExitStatus) -> None:
            _read_lines(process, progressed, last)
            self._process = None
            errors = process.readAllStandardError().data().decode(errors="replace")
            if code == 0 and status == QProcess.ExitStatus.NormalExit:
                imported(last)
            else:
                refused(*_refusal(errors))

        process.readyReadStandardOutput.connect(lambda: _read_lines(process, progressed, last))
        process.finished.connect(on_finished)
        process.finished.connect(process.deleteLater)
        command = ["model", "import-nnunet", str(source), "--out", str(target), "--progress"]
        process.start(program, [*arguments, *command, *words])

    def close(self) -> None:
        """End an import that is under way; the trainer leaves nothing whole behind."""
        if self._process is not None:
            self._process.finished.disconnect()
            self._process.kill()
            self._process.waitForFinished(1000)
            self._process = None


def _read_lines(process: QProcess, progressed: Progressed, last: dict[str, Any]) -> None:
    while process.canReadLine():
        line = _parsed(process.readLine().data())
        if "progress" in line:
            progressed(int(line["progress"]["done"]), int(line["progress"]["total"]))
        elif line:
            last.update(line)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _refusal(errors: str) -> tuple[KitsDeskError, str]:
    for line in reversed(errors.strip().splitlines()):
        parts = _parsed(line.encode()).get("error")
        if isinstance(parts, dict):
            error = ImportRefused(parts["happened"], kept=parts["kept"], advice=parts["advice"])
            return error, str(parts["type"])
    last = errors.strip().splitlines()[-1:] or ["no reason was given"]
    return ImportRefused(f"The import ended early: {last[0]}.", kept="Nothing was imported."), ""
