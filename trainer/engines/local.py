"""The local engine: a detached supervisor per run on this computer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import EnginePlan
from trainer.contract.jsonfile import read_json
from trainer.contract.programs import trainer_program
from trainer.contract.queue_state import QueueEntry, read_queue
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    RUNNER_FILE,
    RunnerState,
    read_run,
    task_folder,
)
from trainer.engines.engine import Preview, RunBusy
from trainer.engines.machine_probe import probe_machine
from trainer.engines.processes import start_trainer
from trainer.engines.runner_state import runner_state
from trainer.engines.running_task import CANCEL_GRACE_S, TERMINATE_GRACE_S
from trainer.engines.task_marks import clear_run_marks, set_mark
from trainer.engines.task_process import TaskProcess, find_process, read_proof

SUPERVISOR_LOG = "supervisor.log"
_START_WAIT_S = 30.0


class LocalEngine:
    """One task on each GPU of this computer, or one at a time on its CPU; see `Engine` for
    what the methods do."""

    def __init__(self, plan: EnginePlan) -> None:
        del plan  # Its supervisor reads it in RUN/engine.json.

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return cores, memory, the free disk at `folder`, and GPUs where asked for."""
        return probe_machine(folder, gpus=gpus)

    def preview(self, run: Path) -> Preview:
        """Return the command lines of the tasks that are not done yet."""
        commands = tuple(
            (*trainer_program(), *task.argv)
            for task in read_run(run).tasks
            if read_proof(task_folder(run, task.key)) is None
        )
        return Preview((), commands)

    def submit(self, run: Path) -> dict[str, Any]:
        """Start the supervisor of `run`, which outlives this process; its number is `pid`.

        A run that was paused goes on; one that was cancelled or died continues with the
        tasks that are not done. Tasks that were paused or stopped singly stay so.

        Raises
        ------
        DamagedFile : the folder holds no readable run.json.
        RunBusy : a supervisor that was told to cancel has not ended yet.
        """
        read_run(run)
        cancelling = (run / CANCEL_FILE).exists()
        if runner_state(run) == "alive":
            if not cancelling:
                clear_run_marks(run)
                return {"pid": RunnerState.model_validate(read_json(run / RUNNER_FILE)).pid}
            self._await_end(run)
        clear_run_marks(run)
        child = start_trainer(["run", "supervise", str(run.resolve())], run / SUPERVISOR_LOG)
        end = time.monotonic() + _START_WAIT_S
        while time.monotonic() < end:
            if runner_state(run) == "alive" or child.poll() is not None:
                break
            time.sleep(0.05)
        if child.returncode not in (None, 0):
            raise RunBusy(
                f"The run did not start (code {child.returncode}).",
                advice=f"{SUPERVISOR_LOG} in the run's folder says why.",
            )
        return {"pid": child.pid}

    def _await_end(self, run: Path) -> None:
        end = time.monotonic() + CANCEL_GRACE_S + TERMINATE_GRACE_S + 5
        while runner_state(run) == "alive":
            if time.monotonic() > end:
                raise RunBusy("The run is still being cancelled.", advice="Try again later.")
            time.sleep(0.1)

    def poll(self, run: Path) -> Mapping[str, QueueEntry]:
        """Return what the supervisor noted; without it nothing waits or runs in its queue."""
        known = read_queue(run).tasks
        if runner_state(run) == "alive":
            return known
        nothing = {"queue_state": "", "queue_reason": ""}
        return {key: entry.model_copy(update=nothing) for key, entry in known.items()}

    def pause(self, run: Path, key: str = "") -> None:
        """Ask what runs to wait; `submit` lets it go on."""
        set_mark(run, key, PAUSE_FILE)

    def cancel(self, run: Path, key: str = "") -> None:
        """Ask the run, or one task, to stop. The supervisor sees to it; where that is gone,
        this does."""
        set_mark(run, key, CANCEL_FILE)
        if runner_state(run) == "alive":
            return
        tasks = [task for task in read_run(run).tasks if key in ("", task.key)]
        orphans = [task for task in tasks if find_process(task_folder(run, task.key))]
        processes = [TaskProcess(run, task) for task in orphans]
        _await(processes, CANCEL_GRACE_S)
        for force, grace in ((False, TERMINATE_GRACE_S), (True, TERMINATE_GRACE_S)):
            for process in processes:
                process.end(force=force)
            _await(processes, grace)
        for process in processes:
            process.settle(cancelled=True)


def _await(processes: list[TaskProcess], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not all(process.ended() for process in processes):
        time.sleep(0.1)
