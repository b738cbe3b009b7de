"""The detached process of a run: starts its tasks in order and sees each to its end."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from types import FrameType

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import (
    RUNNER_FILE,
    RunnerState,
    TaskSpec,
    TaskState,
    asked_to_cancel,
    read_run,
    task_folder,
)
from trainer.engines.lease import lease
from trainer.engines.task_process import TaskProcess, read_proof

LEASE_FILE = "supervisor.lock"
CANCEL_GRACE_S = 10.0
TERMINATE_GRACE_S = 3.0

_LOOK_EVERY_S = 0.2
_HEARTBEAT_EVERY_S = 2.0


class Supervisor:
    """Runs the tasks of one run folder, one at a time.

    The files are the truth: a task with a good done.json is not started again, and one
    whose process outlived an earlier supervisor is waited for instead of started twice.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._tasks = read_run(run).tasks
        self._terminated = False
        self._beat = 0.0

    def supervise(self) -> dict[str, TaskState]:
        """See all tasks to their end and return what became of each.

        Raises
        ------
        LeaseTaken : another process supervises this run.
        """
        with lease(self._run / LEASE_FILE, "This run"):
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._note_signal)
            try:
                return self._run_tasks()
            finally:
                self._heartbeat(finished=True)

    def _run_tasks(self) -> dict[str, TaskState]:
        ended: dict[str, TaskState] = {}
        waiting = list(self._tasks)
        while waiting:
            task = next((t for t in waiting if all(key in ended for key in t.after)), None)
            if task is None:
                # A ring of tasks that wait for each other, or for one that is not there.
                for stuck in waiting:
                    TaskProcess(self._run, stuck).not_begun("Not begun: it waits for no task.")
                    ended[stuck.key] = "cancelled"
                return ended
            waiting.remove(task)
            ended[task.key] = self._run_task(task, ended)
        return ended

    def _run_task(self, task: TaskSpec, ended: dict[str, TaskState]) -> TaskState:
        process = TaskProcess(self._run, task)
        adopted = process.find()
        if not adopted and read_proof(task_folder(self._run, task.key)) is not None:
            return "done"
        missing = [key for key in task.after if ended[key] != "done"]
        if missing or (self._asked() and not adopted):
            reason = f"Not begun: {missing[0]} was not finished." if missing else ""
            process.not_begun(reason)
            return "cancelled"
        if not adopted:
            process.start()
        return process.settle(cancelled=self._wait(process))

    def _wait(self, process: TaskProcess) -> bool:
        """Wait for the end and return whether it was asked for: first the CANCEL file, which
        the task looks for itself, then SIGTERM, then SIGKILL, children included."""
        asked_at: float | None = None
        step = 0
        while not process.ended():
            self._heartbeat()
            if asked_at is None and self._asked():
                asked_at = time.monotonic()
            waited = time.monotonic() - asked_at if asked_at is not None else -1.0
            if step == 0 and waited >= (0 if self._terminated else CANCEL_GRACE_S):
                process.end(force=False)
                step, asked_at = 1, time.monotonic()
            elif step == 1 and waited >= TERMINATE_GRACE_S:
                process.end(force=True)
                step = 2
            time.sleep(_LOOK_EVERY_S)
        return asked_at is not None

    def _asked(self) -> bool:
        return self._terminated or asked_to_cancel(self._run)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self._terminated = True

    def _heartbeat(self, *, finished: bool = False) -> None:
        now = time.time()
        if finished or now - self._beat >= _HEARTBEAT_EVERY_S:
            self._beat = now
            state = RunnerState(
                pid=os.getpid(), host=socket.gethostname(), heartbeat=now, finished=finished
            )
            write_json(self._run / RUNNER_FILE, state)
