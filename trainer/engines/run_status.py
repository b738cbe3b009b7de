"""What is known of a run from its files and its queue, a dead process told from a living one."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.contract.engine_plan import read_plan_of_engine
from trainer.contract.errors import KitsDeskError
from trainer.contract.queue_state import QueueEntry, read_queue, status_in_queue
from trainer.contract.run_folder import (
    TaskSpec,
    TaskStatus,
    asked_to_pause,
    is_parked,
    read_run,
    read_status,
    task_folder,
)
from trainer.engines.engine_choice import engine_for
from trainer.engines.processes import is_alive
from trainer.engines.remote_run import RemoteRun
from trainer.engines.runner_state import SILENT_S, Runner, runner_state
from trainer.engines.task_process import find_process


def run_status(run: Path, *, here: bool = False) -> list[dict[str, Any]]:
    """Return one record per task: key, title, engine, runner, the fields of its TaskStatus,
    and job, node, device, queue_state, queue_reason.

    Parameters
    ----------
    here : this is the other computer that the run's plan names.

    Raises
    ------
    DamagedFile : the folder holds no readable run.json.
    """
    spec, plan = read_run(run), read_plan_of_engine(run)
    if plan.remote is not None and not here:
        records = RemoteRun(run, plan).status()
        if records:
            return records
        entries: Mapping[str, QueueEntry] = read_queue(run).tasks
        on_this = False
    else:
        entries = engine_for(plan).poll(run)
        on_this = plan.engine == "local"
    records = []
    for task in spec.tasks:
        entry = entries.get(task.key, QueueEntry())
        status = task_status(run, task, entry) if on_this else _from_queue(run, task, entry)
        shown = {name: getattr(entry, name) for name in _QUEUE_FIELDS}
        facts = {"key": task.key, "title": task.title, "engine": plan.engine}
        records.append(facts | status.model_dump() | shown)
    runner = runner_state(run) if on_this else _runner(entries)
    return [{"runner": runner} | record for record in records]


_QUEUE_FIELDS = ("job", "node", "device", "queue_state", "queue_reason")


def task_status(run: Path, task: TaskSpec, entry: QueueEntry | None = None) -> TaskStatus:
    """Return the status of a task of this computer; "failed" where it says "running" but its
    process is dead."""
    # Looked at before the status: a task that ends in between leaves its done.json.
    alive = find_process(task_folder(run, task.key)) is not None
    status = _read(run, task.key)
    if is_parked(status) and not alive:
        if asked_to_pause(run, task.key):
            return status
        status = status.model_copy(update={"state": "waiting", "message": ""})
    if status.state == "waiting" and entry is not None:
        return status.model_copy(update={"message": entry.queue_reason or status.message})
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


def _read(run: Path, key: str) -> TaskStatus:
    try:
        return read_status(run, key)
    except (KitsDeskError, ValidationError) as error:
        return TaskStatus(state="failed", message=f"Its status cannot be read: {error}")


def _from_queue(run: Path, task: TaskSpec, entry: QueueEntry) -> TaskStatus:
    return status_in_queue(_read(run, task.key), entry, time.time())


def _runner(entries: Mapping[str, QueueEntry]) -> Runner:
    states = {entry.queue_state for entry in entries.values()} - {""}
    if not states:
        return "none"
    return "finished" if states == {"ended"} else "alive"


def _lives_elsewhere(status: TaskStatus) -> bool:
    if status.host in ("", socket.gethostname()):
        return is_alive(status.pid)
    return time.time() - status.heartbeat < SILENT_S
