"""What a running task writes about itself: status.json, metrics.jsonl, done.json."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.run_folder import TaskDone, TaskState, TaskStatus
from trainer.imaging.hashing import file_hash
from trainer.training.epoch_lines import EpochLines
from trainer.training.interruption import Paused, TimeUp

_WRITE_EVERY_S = 1.0


class TaskRecord:
    """The files of one task's folder, written by the task's own process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._metrics = EpochLines(folder / "metrics.jsonl")
        self._notices: list[str] = []
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
        """Change the state and write it at once; what was said by `notice` stays said."""
        said = " ".join([*([message] if message else []), *self._notices])
        self.status = self.status.model_copy(update={"state": state, "message": said})
        self._write()

    def notice(self, what: KitsDeskError) -> None:
        """Say something that a person should know and that ends nothing: in the status from
        now on, and once as a JSON line on stderr, which is the task's log."""
        self._notices.append(what.happened)
        _say({"notice": what.as_dict()})
        self.state(self.status.state)

    def waiting_for_space(self, message: str) -> None:
        """Say that the task waits for room on a disk."""
        if self.status.state != "paused":
            _say({"waiting": message})
        self.state("paused", message)

    def goes_on(self) -> None:
        """Say that it does not wait any more."""
        _say({"waiting": ""})
        self.state("running")

    def ended(self, state: TaskState, message: str) -> None:
        """Write how the task left, where the disk lets it."""
        with suppress(OSError):
            self.state(state, message)

    def left(self, stopped: TimeUp) -> None:
        """Write that the task left its place and goes on when it is started again. One that
        is paused has no process: its `pid` is 0."""
        paused = isinstance(stopped, Paused)
        if paused:
            self.status = self.status.model_copy(update={"pid": 0, "eta_s": None})
        self.ended("paused" if paused else "waiting", f"{stopped.happened} {stopped.kept}")

    def failed(self, error: Exception) -> None:
        """Write why the task ended."""
        details = (
            error.as_dict()
            if isinstance(error, KitsDeskError)
            else {"type": type(error).__name__, "happened": str(error), "kept": "", "advice": ""}
        )
        self.status = self.status.model_copy(update={"error": details})
        self.ended("failed", details["happened"])

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Append an epoch's line, unless it was written before an interruption."""
        self._metrics.append(metrics)

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

    def _write(self) -> None:
        self._written = time.time()
        self.status = self.status.model_copy(update={"heartbeat": self._written})
        write_json(self.folder / "status.json", self.status)


def _say(record: dict[str, Any]) -> None:
    with suppress(OSError):
        sys.stderr.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stderr.flush()


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
