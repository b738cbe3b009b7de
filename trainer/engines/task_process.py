"""One task of a run as a process: started, watched, ended, and what became of it."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.lease import note_holder
from trainer.contract.run_folder import (
    TaskDone,
    TaskSpec,
    TaskState,
    is_parked,
    read_status,
    task_folder,
)
from trainer.engines.devices import Place
from trainer.engines.processes import birth, end_group, is_alive, start_trainer
from trainer.engines.task_needs import on_its_place

STATUS_FILE = "status.json"
DONE_FILE = "done.json"
LOG_FILE = "log.txt"
PROCESS_FILE = "process.json"

_CANCELLED_EXIT = 3
TIME_UP_EXIT = 75
# The signal that says so ends a process that is still starting.
_TIME_UP = (TIME_UP_EXIT, -10)
_RESUMABLE = frozenset({"train", "crossval"})


class TaskProcess:
    """A task's process, started by this supervisor or found from an earlier one."""

    def __init__(self, run: Path, task: TaskSpec) -> None:
        self._run = run
        self._task = task
        self._folder = task_folder(run, task.key)
        self._child: subprocess.Popen[bytes] | None = None
        self._begun = time.time()

    def find(self) -> bool:
        """Return whether an earlier supervisor's process of this task still runs here."""
        return find_process(self._folder) is not None

    def start(self, place: Place | None = None) -> None:
        """Start it at its place; a training that had begun before is told to resume.

        Without a place it sees the devices that whoever started this process left it.
        """
        gpu = "" if place is None else place.gpu
        argv = list(on_its_place(self._task.argv, gpu))
        begun = (self._folder / STATUS_FILE).exists()
        if begun and argv[0] in _RESUMABLE and "--resume" not in argv:
            argv.append("--resume")
        held = None if place is None else place.lease
        inherited = () if held is None else (held.fileno(),)
        environment = {} if place is None else place.environment()
        self._child = start_trainer(argv, self._folder / LOG_FILE, environment, inherited)
        pid = self._child.pid
        if held is not None:
            note_holder(held, pid, run=str(self._run.absolute()), task=self._task.key)
        try:
            write_json(self._folder / PROCESS_FILE, {"pid": pid, "born": birth(pid), "device": gpu})
            self._write("running", "starting", pid=pid)
        except OSError:
            # Nobody would find it again: it is started anew when this can be written.
            end_group(pid, force=True)
            self._child.wait()
            self._child = None
            (self._folder / PROCESS_FILE).unlink(missing_ok=True)
            raise

    def signal(self, number: int) -> None:
        """Send the process, and not its children, a signal."""
        with suppress(ProcessLookupError):
            if self.pid:
                os.kill(self.pid, number)

    @property
    def exit_code(self) -> int | None:
        """Return the code of the ended process that was started here, else None."""
        return None if self._child is None else self._child.returncode

    @property
    def pid(self) -> int:
        """Return its process number, 0 where it is not there."""
        if self._child is not None:
            return self._child.pid
        return find_process(self._folder) or 0

    def device(self) -> str:
        """Return the GPU that the running process was started on, "" for the CPU."""
        return str(read_json(self._folder / PROCESS_FILE).get("device", ""))

    def ended(self) -> bool:
        """Return whether it runs no more."""
        if self._child is not None:
            return self._child.poll() is not None
        return not self.find()

    def end(self, *, force: bool) -> None:
        """Ask it and its children to end; `force` ends them at once."""
        pid = self._child.pid if self._child is not None else find_process(self._folder)
        if pid is not None:
            end_group(pid, force=force)

    def settle(self, *, cancelled: bool) -> TaskState:
        """Write what became of the ended process and return it.

        A process that ended well without a done.json of its own gets one. One whose time on
        this machine was up is "waiting": it goes on when it is started again.
        """
        code = self._child.returncode if self._child is not None else None
        (self._folder / PROCESS_FILE).unlink(missing_ok=True)
        if code == 0 and read_proof(self._folder) is None:
            write_json(self._folder / DONE_FILE, self._plain_proof())
        if read_proof(self._folder) is not None:
            if read_status(self._run, self._task.key).state != "done":
                self._write("done")
            return "done"
        said = read_status(self._run, self._task.key)
        left = said.state == "waiting" or is_parked(said)
        if not cancelled and (code in _TIME_UP or (code is None and left)):
            if not left:
                self._write("waiting", message="The time on the machine before was up.")
            return "waiting"
        if cancelled or code == _CANCELLED_EXIT or said.state == "cancelled":
            self._write("cancelled", message=said.message if said.state == "cancelled" else "")
            return "cancelled"
        if said.state != "failed" or not said.error:
            self._write("failed", error=self._last_words(code))
        return "failed"

    def not_begun(self, reason: str) -> None:
        """Note that the task was not begun, and why."""
        self._write("cancelled", message=reason)

    def gave_up(self, error: KitsDeskError) -> None:
        """Note that the task is not started again by itself, and why."""
        self._write("failed", error=error.as_dict())

    def _plain_proof(self) -> TaskDone:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return TaskDone(finished=now, seconds=round(time.time() - self._begun, 1))

    def _last_words(self, code: int | None) -> dict[str, str]:
        """Return the error that the process printed last, or how it ended."""
        for line in reversed(log_tail(self._folder).splitlines()):
            try:
                error = json.loads(line)["error"]
            except (ValueError, TypeError, KeyError):
                continue
            return {str(key): str(value) for key, value in error.items()}
        ended = "died" if code is None else f"ended with code {code}"
        if code is not None and code < 0:
            ended = f"was ended by signal {-code}"
        return KitsDeskError(
            f"The process of {self._task.key} {ended}.",
            kept="What it had finished is kept.",
            advice="Resume the run; the log says more.",
        ).as_dict()

    def _write(
        self,
        state: TaskState,
        phase: str = "",
        *,
        message: str = "",
        pid: int = 0,
        error: dict[str, str] | None = None,
    ) -> None:
        old = read_status(self._run, self._task.key)
        changes = {
            "state": state,
            "phase": phase or old.phase,
            "message": message or (error or {}).get("happened", ""),
            "pid": pid or old.pid,
            "host": socket.gethostname(),
            "heartbeat": time.time(),
            "error": error,
        }
        write_json(self._folder / STATUS_FILE, old.model_copy(update=changes))


def find_process(folder: Path) -> int | None:
    """Return the number of the living process of the task in `folder`, or None."""
    file = folder / PROCESS_FILE
    if not file.exists():
        return None
    try:
        known = read_json(file)
        pid, born = int(known["pid"]), str(known["born"])
    except (KitsDeskError, ValueError, KeyError, TypeError):
        return None
    return pid if is_alive(pid, born) else None


def read_proof(folder: Path) -> TaskDone | None:
    """Return done.json if it is whole and all it names is there with the right hash."""
    file = folder / DONE_FILE
    if not file.exists():
        return None
    try:
        done = TaskDone.model_validate(read_json(file))
    except (KitsDeskError, ValidationError):
        return None
    for name, digest in done.files.items():
        made = folder / name
        if not made.is_file() or _sha256(made) != digest:
            return None
    return done


def _sha256(file: Path) -> str:
    # Not imaging's file_hash: that loads SimpleITK, which a status asked for every second
    # has no time for.
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def log_tail(folder: Path, length: int = 20_000) -> str:
    """Return the end of the task's log, "" where there is none."""
    file = folder / LOG_FILE
    if not file.exists():
        return ""
    with file.open("rb") as log:
        log.seek(max(file.stat().st_size - length, 0))
        return log.read().decode("utf-8", "replace")
