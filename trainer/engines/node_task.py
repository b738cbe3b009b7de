"""One task of a run on the node of a queue: what a batch script starts."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import FrameType

from trainer.contract.run_folder import (
    TaskSpec,
    asked_to_cancel,
    asked_to_pause,
    read_run,
    task_folder,
)
from trainer.engines.attempts import note_attempt
from trainer.engines.devices import Place
from trainer.engines.running_task import RunningTask
from trainer.engines.task_marks import task_keys
from trainer.engines.task_process import TIME_UP_EXIT, TaskProcess, read_proof

_LOOK_EVERY_S = 0.2
_LOCK_FILE = "lock.json"
_CANCELLED_EXIT = 3
_FAILED_EXIT = 1
# Slurm kills 30 s after SIGTERM (KillWait).
_CHECKPOINT_GRACE_S = 25.0


class NodeTask:
    """Runs a task unless it is done, hands signals on, and writes what became of it.

    SIGUSR1 (the time limit is near) and a PAUSE file both let the task write a checkpoint and
    leave; on exit code 75 the script puts the job back in line. Where the time limit is too short
    for any progress the task ends instead, with that reason.
    """

    def __init__(self, run: Path, key: str) -> None:
        task_keys(run, key)
        self._run = run
        self._task: TaskSpec = next(t for t in read_run(run).tasks if t.key == key)
        self._process = TaskProcess(run, self._task)
        self._terminated = False
        self._time_up = False

    def run(self) -> int:
        """Return 0 done, 3 cancelled or not begun, 75 to be put back in line, else failed."""
        if read_proof(task_folder(self._run, self._task.key)) is not None:
            return 0
        if (reason := self._hindered()) is not None:
            self._process.not_begun(reason)
            return _CANCELLED_EXIT
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note_end)
        signal.signal(signal.SIGUSR1, self._note_time_up)
        if os.environ.get("SLURM_RESTART_COUNT", "0") != "0":
            # The queue starts a job again only when the attempt before is over: its lock may
            # name a process of a node that died.
            (task_folder(self._run, self._task.key) / _LOCK_FILE).unlink(missing_ok=True)
        self._process.start()
        return self._see_to_its_end()

    def _hindered(self) -> str | None:
        """Return why the task cannot begin ("" = a person stopped it), None where it can."""
        for key in self._task.after:
            if read_proof(task_folder(self._run, key)) is None:
                return f"Not begun: {key} was not finished."
        return "" if asked_to_cancel(self._run, self._task.key) else None

    def _see_to_its_end(self) -> int:
        running = RunningTask(self._process, Place(), _CHECKPOINT_GRACE_S)
        hurried = False
        key = self._task.key
        asked = False
        while not running.look(asked=asked, at_once=self._terminated):
            time.sleep(_LOOK_EVERY_S)
            asked = self._terminated or asked_to_cancel(self._run, key)
            if not hurried and (self._time_up or asked_to_pause(self._run, key)):
                hurried = True
                self._process.signal(signal.SIGUSR1)
        state = self._process.settle(cancelled=running.asked)
        if state == "done":
            return 0
        if state == "waiting" and not asked_to_pause(self._run, key):
            too_short = note_attempt(self._run, self._task)
            if too_short is not None:
                self._process.gave_up(too_short)
                return _FAILED_EXIT
        return {"waiting": TIME_UP_EXIT, "cancelled": _CANCELLED_EXIT}.get(
            state, self._process.exit_code or 1
        )

    def _note_end(self, number: int, frame: FrameType | None) -> None:
        self._terminated = True

    def _note_time_up(self, number: int, frame: FrameType | None) -> None:
        self._time_up = True
