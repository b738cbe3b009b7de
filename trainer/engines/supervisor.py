"""The detached process of a run: gives each task a place and sees it to its end."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from trainer.contract.engine_plan import LocalOptions, read_plan_of_engine
from trainer.contract.jsonfile import write_json
from trainer.contract.lease import lease
from trainer.contract.run_folder import (
    PAUSE_FILE,
    RUNNER_FILE,
    RunnerState,
    TaskSpec,
    TaskState,
    asked_to_cancel,
    asked_to_pause,
    read_run,
    read_status,
    task_folder,
)
from trainer.engines.devices import Places, chosen_gpus
from trainer.engines.running_task import RunningTask
from trainer.engines.task_needs import needs_of
from trainer.engines.task_process import TaskProcess, read_proof
from trainer.engines.waiting_board import WaitingBoard

LEASE_FILE = "supervisor.lock"

_LOOK_EVERY_S = 0.2
_HEARTBEAT_EVERY_S = 2.0


class Supervisor:
    """Runs the tasks of one run folder: one on each GPU, or on the CPU one at a time.

    The files are the truth: a task with a good done.json is not started again, one whose
    process outlived an earlier supervisor is waited for instead of started twice, and one
    that was put back in line while others run is started again.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._tasks = read_run(run).tasks
        self._running: dict[str, RunningTask] = {}
        self._ended: dict[str, TaskState] = {}
        self._board = WaitingBoard(run)
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
                self._heartbeat()
                self._places = self._find_places()
                return self._run_tasks()
            finally:
                self._heartbeat(finished=True)

    def _find_places(self) -> Places:
        options = read_plan_of_engine(self._run).options
        wanted = options.gpus if isinstance(options, LocalOptions) else ()
        gpus = chosen_gpus(wanted) if any(needs_of(task).gpu for task in self._tasks) else ()
        return Places(gpus)

    def _run_tasks(self) -> dict[str, TaskState]:
        for task in self._tasks:
            self._adopt(task)
        while len(self._ended) < len(self._tasks):
            # On a full disk what could not be written is tried again in the next turn, and the
            # tasks themselves wait and say so.
            with _unless_full():
                self._settle()
                self._take_back()
                self._begin()
            self._heartbeat()
            if not self._running and len(self._ended) < len(self._tasks) and self._ring():
                break
            time.sleep(_LOOK_EVERY_S if self._running else _LOOK_EVERY_S / 4)
        return self._ended

    def _adopt(self, task: TaskSpec) -> None:
        process = TaskProcess(self._run, task)
        if process.find():
            place = self._places.keep(process.device())
            self._running[task.key] = RunningTask(process, place)

    def _settle(self) -> None:
        for key, running in list(self._running.items()):
            asked = self._terminated or asked_to_cancel(self._run, key)
            if not running.look(asked=asked, at_once=self._terminated):
                continue
            # First what can fail on a full disk: until it is written, its place stays taken.
            state = running.process.settle(cancelled=running.asked)
            self._places.give_back(running.place)
            del self._running[key]
            if state != "waiting":
                self._ended[key] = state

    def _take_back(self) -> None:
        """Forget the end of what was put back in line while others run."""
        for key, state in list(self._ended.items()):
            stopped = state == "done" or asked_to_cancel(self._run, key)
            if not stopped and read_status(self._run, key).state == "waiting":
                del self._ended[key]

    def _begin(self) -> None:
        """Begin what can begin; say of the rest what it waits for."""
        self._board.show(self._running)
        for task in self._tasks:
            if task.key in self._ended or task.key in self._running:
                continue
            if not self._decided(task):
                self._try(task)
        self._board.write()

    def _decided(self, task: TaskSpec) -> bool:
        """Return whether there is nothing to begin any more for `task`."""
        if read_proof(task_folder(self._run, task.key)) is not None:
            self._ended[task.key] = "done"
            return True
        missing = [key for key in task.after if self._ended.get(key, "done") != "done"]
        if missing or self._terminated or asked_to_cancel(self._run, task.key):
            reason = f"Not begun: {missing[0]} was not finished." if missing else ""
            TaskProcess(self._run, task).not_begun(reason)
            self._ended[task.key] = "cancelled"
            return True
        return False

    def _try(self, task: TaskSpec) -> None:
        before = [key for key in task.after if key not in self._ended]
        if before:
            self._board.waits(task.key, f"waits for {before[0]}")
            return
        if asked_to_pause(self._run, task.key):
            whole = (self._run / PAUSE_FILE).exists()
            reason = "the run is paused" if whole else "paused; resume lets it go on"
            self._board.waits(task.key, reason, held=True)
            return
        needs = needs_of(task)
        place = self._places.take(gpu=needs.gpu, number=needs.number)
        if place is None:
            self._board.waits_for_place(task.key, self._places, gpu=needs.gpu)
            return
        process = TaskProcess(self._run, task)
        try:
            process.start(place)
        except OSError:
            self._places.give_back(place)
            raise
        self._running[task.key] = RunningTask(process, place)
        self._board.show(self._running)

    def _ring(self) -> bool:
        """End what waits for a task that is not there, or in a ring; return whether it did."""
        known = {task.key for task in self._tasks}
        waiting = [task for task in self._tasks if task.key not in self._ended]
        open_keys = {task.key for task in waiting}
        if not all(any(k in open_keys or k not in known for k in t.after) for t in waiting):
            return False
        for stuck in waiting:
            TaskProcess(self._run, stuck).not_begun("Not begun: it waits for no task.")
            self._ended[stuck.key] = "cancelled"
        return True

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self._terminated = True

    def _heartbeat(self, *, finished: bool = False) -> None:
        now = time.time()
        if finished or now - self._beat >= _HEARTBEAT_EVERY_S:
            self._beat = now
            state = RunnerState(
                pid=os.getpid(), host=socket.gethostname(), heartbeat=now, finished=finished
            )
            with _unless_full():
                write_json(self._run / RUNNER_FILE, state)


@contextmanager
def _unless_full() -> Iterator[None]:
    """Leave the block where a file does not fit the disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
