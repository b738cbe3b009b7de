"""What is known of a run from its files alone, a dead process told from a living one."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import (
    RUNNER_FILE,
    RunnerState,
    TaskSpec,
    TaskStatus,
    read_run,
    read_status,
    task_folder,
)
from trainer.engines.lease import is_held
from trainer.engines.processes import is_alive
from trainer.engines.supervisor import LEASE_FILE
from trainer.engines.task_process import find_process

Runner = Literal["none", "alive", "finished", "gone"]

# Of a process on another computer only the age of its heartbeat is known.
SILENT_S = 120.0


def runner_state(run: Path) -> Runner:
    """Return whether the run's supervisor was never there, lives, has finished or is gone."""
    if is_held(run / LEASE_FILE):
        return "alive"
    if not (run / RUNNER_FILE).exists():
        return "none"
    state = RunnerState.model_validate(read_json(run / RUNNER_FILE))
    if state.finished:
        return "finished"
    if state.host != socket.gethostname() and time.time() - state.heartbeat < SILENT_S:
        return "alive"
    return "gone"


def run_status(run: Path) -> list[dict[str, Any]]:
    """Return one record per task: key, title, runner, and the fields of its TaskStatus.

    Raises
    ------
    DamagedFile : the folder holds no readable run.json.
    """
    runner = runner_state(run)
    return [
        {"key": task.key, "title": task.title, "runner": runner}
        | task_status(run, task).model_dump()
        for task in read_run(run).tasks
    ]


def task_status(run: Path, task: TaskSpec) -> TaskStatus:
    """Return the task's status; "failed" where it says "running" but its process is dead."""
    # Looked at before the status: a task that ends in between leaves its done.json.
    alive = find_process(task_folder(run, task.key)) is not None
    try:
        status = read_status(run, task.key)
    except (KitsDeskError, ValidationError) as error:
        return TaskStatus(state="failed", message=f"Its status cannot be read: {error}")
    if status.state not in ("running", "paused") or alive or _lives_elsewhere(status):
        return status
    lost = KitsDeskError(
        f"The process of {task.key} died.",
        kept="What it had finished is kept.",
        advice="Resume the run; the log says more.",
    )
    return status.model_copy(
        update={"state": "failed", "message": "The process died.", "error": lost.as_dict()}
    )


def _lives_elsewhere(status: TaskStatus) -> bool:
    if status.host in ("", socket.gethostname()):
        return is_alive(status.pid)
    return time.time() - status.heartbeat < SILENT_S
