"""What a running task writes about itself: status.json, metrics.jsonl, done.json."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import append_line, read_json, read_lines, write_json
from trainer.contract.run_folder import TaskDone, TaskState, TaskStatus
from trainer.imaging.hashing import file_hash

_WRITE_EVERY_S = 1.0


class TaskRecord:
    """The files of one task's folder, written by the task's own process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._metrics = folder / "metrics.jsonl"
        self._written = 0.0
        self._began = time.time()
        self.status = TaskStatus(
            state="running", pid=os.getpid(), host=socket.gethostname(), started=self._began
        )

    def progress(self, phase: str, done: float, total: float, **fields: Any) -> None:
        """Note how far the task is; the file is written at most once a second, and at
        every change of phase."""
        changed = phase != self.status.phase
        self.status = self.status.model_copy(
            update={"phase": phase, "done_units": done, "total_units": total, **fields}
        )
        if changed or time.time() - self._written >= _WRITE_EVERY_S:
            self._write()

    def state(self, state: TaskState, message: str = "") -> None:
        """Change the state and write it at once."""
        self.status = self.status.model_copy(update={"state": state, "message": message})
        self._write()

    def failed(self, error: Exception) -> None:
        """Write why the task ended."""
        details = (
            error.as_dict()
            if isinstance(error, KitsDeskError)
            else {"type": type(error).__name__, "happened": str(error), "kept": "", "advice": ""}
        )
        self.status = self.status.model_copy(update={"error": details})
        self.state("failed", details["happened"])

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Append an epoch's line, unless it was written before an interruption."""
        known, _ = read_lines(self._metrics)
        if any(line.get("epoch") == metrics["epoch"] for line in known):
            return
        self._end_last_line()
        append_line(self._metrics, dict(metrics))

    def done(self, files: list[Path], result: Mapping[str, Any]) -> None:
        """Write done.json, which proves the task by the hashes of what it made."""
        hashes = {
            Path(os.path.relpath(file, self.folder)).as_posix(): file_hash(file) for file in files
        }
        finished = TaskDone(
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.time() - self._began, 1),
            files=hashes,
            result=dict(result),
        )
        write_json(self.folder / "done.json", finished)
        self.state("done")

    def _end_last_line(self) -> None:
        """End a line that a kill cut, so that the next one starts on its own."""
        if not self._metrics.exists():
            return
        text = self._metrics.read_bytes()
        if text and not text.endswith(b"\n"):
            with self._metrics.open("ab") as file:
                file.write(b"\n")

    def _write(self) -> None:
        self._written = time.time()
        self.status = self.status.model_copy(update={"heartbeat": self._written})
        write_json(self.folder / "status.json", self.status)


def read_done(folder: Path) -> TaskDone | None:
    """Return done.json where it is whole and everything it names is still as it says."""
    if not (folder / "done.json").exists():
        return None
    try:
        done = TaskDone.model_validate(read_json(folder / "done.json"))
    except (KitsDeskError, ValidationError):
        return None
    for name, digest in done.files.items():
        file = folder / name
        if not file.exists() or file_hash(file) != digest:
            return None
    return done
