"""The local engine: a detached supervisor per run on this computer."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    RUNNER_FILE,
    RunnerState,
    read_run,
    task_folder,
)
from trainer.engines.engine import RunBusy
from trainer.engines.machine_probe import probe_machine
from trainer.engines.processes import start_trainer
from trainer.engines.run_status import run_status, runner_state
from trainer.engines.supervisor import (
    CANCEL_GRACE_S,
    TERMINATE_GRACE_S,
)
from trainer.engines.task_process import TaskProcess, find_process, read_proof

SUPERVISOR_LOG = "supervisor.log"
_START_WAIT_S = 30.0


class LocalEngine:
    """Runs tasks one at a time on this computer; see `Engine` for what the methods do."""

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return cores, memory, the free disk at `folder`, and GPUs where asked for."""
        return probe_machine(folder, gpus=gpus)

    def commands(self, run: Path) -> list[list[str]]:
        """Return the command lines of the tasks that are not done yet."""
        return [
            [sys.executable, "-m", "trainer", *task.argv]
            for task in read_run(run).tasks
            if read_proof(task_folder(run, task.key)) is None
        ]

    def submit(self, run: Path) -> int:
        """Start the supervisor of `run`, which outlives this process, and return its number.

        A run that was paused goes on; one that was cancelled or died continues with the
        tasks that are not done.

        Raises
        ------
        DamagedFile : the folder holds no readable run.json.
        RunBusy : a supervisor that was told to cancel has not ended yet.
        """
        read_run(run)
        cancelling = (run / CANCEL_FILE).exists()
        (run / PAUSE_FILE).unlink(missing_ok=True)
        if runner_state(run) == "alive":
            if not cancelling:
                return RunnerState.model_validate(read_json(run / RUNNER_FILE)).pid
            self._await_end(run)
        (run / CANCEL_FILE).unlink(missing_ok=True)
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
        return child.pid

    def _await_end(self, run: Path) -> None:
        end = time.monotonic() + CANCEL_GRACE_S + TERMINATE_GRACE_S + 5
        while runner_state(run) == "alive":
            if time.monotonic() > end:
                raise RunBusy("The run is still being cancelled.", advice="Try again later.")
            time.sleep(0.1)

    def poll(self, run: Path) -> list[dict[str, Any]]:
        """Return one record per task, from the run's files."""
        return run_status(run)

    def pause(self, run: Path) -> None:
        """Ask the running task to wait; `submit` lets it go on."""
        read_run(run)
        (run / PAUSE_FILE).touch()

    def cancel(self, run: Path) -> None:
        """Ask the run to stop. Its supervisor sees to it; where that is gone, this does."""
        spec = read_run(run)
        (run / CANCEL_FILE).touch()
        if runner_state(run) == "alive":
            return
        orphans = [task for task in spec.tasks if find_process(task_folder(run, task.key))]
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
