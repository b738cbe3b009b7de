"""The tasks of a run, each from its files and from what its queue says of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kitsdesk.project.fold_curves import CurveReader, is_training
from kitsdesk.project.job_rows import RunTask
from kitsdesk.project.run_places import task_place
from trainer.contract.queue_state import QueueEntry, QueueRecord, read_queue, status_in_queue
from trainer.contract.run_folder import (
    RunSpec,
    TaskSpec,
    TaskStatus,
    asked_to_pause,
    read_status,
    task_folder,
)

NO_ENTRY = QueueEntry()


@dataclass(frozen=True)
class TaskFiles:
    """What the files of a run say of its tasks, by key."""

    statuses: Mapping[str, TaskStatus]
    queue: QueueRecord

    def entry(self, key: str) -> QueueEntry:
        """Return what the queue says of a task."""
        return self.queue.tasks.get(key, NO_ENTRY)


def read_tasks(run: Path, spec: RunSpec) -> TaskFiles:
    """Read each task's status, with the queue's word on those that do not run."""
    queue, now = read_queue(run), time.time()
    statuses = {
        task.key: status_in_queue(
            read_status(run, task.key), queue.tasks.get(task.key, NO_ENTRY), now
        )
        for task in spec.tasks
    }
    return TaskFiles(statuses, queue)


def run_tasks(
    run: Path, spec: RunSpec, files: TaskFiles, curves: CurveReader
) -> tuple[RunTask, ...]:
    """Return the tasks in their order."""
    own_host = socket.gethostname()
    return tuple(_run_task(run, task, spec, files, curves, own_host) for task in spec.tasks)


def _run_task(
    run: Path, task: TaskSpec, spec: RunSpec, files: TaskFiles, curves: CurveReader, own_host: str
) -> RunTask:
    status, entry = files.statuses[task.key], files.entry(task.key)
    reason = waiting_reason(task, spec, files) if status.state == "waiting" else ""
    return RunTask(
        key=task.key,
        title=task.title or task.key,
        state=status.state,
        phase=status.phase,
        fraction=task_fraction(status),
        eta_s=status.eta_s if status.state == "running" else None,
        seconds_per_epoch=status.seconds_per_epoch,
        memory_gb=status.memory_gb,
        place=task_place(entry, status.host, own_host),
        job=entry.job,
        reason=reason,
        held=status.state == "waiting"
        and (entry.queue_state == "held" or asked_to_pause(run, task.key)),
        message=status.message,
        error=error_words(status),
        log=str(task_folder(run, task.key) / "log.txt"),
        curve=curves.curve(run, task, status, reason) if is_training(task) else None,
    )


def waiting_reason(task: TaskSpec, spec: RunSpec, files: TaskFiles) -> str:
    """Return why a waiting task waits: the queue's reason, else what it comes after."""
    if files.entry(task.key).queue_reason:
        return files.entry(task.key).queue_reason
    titles = {other.key: other.title or other.key for other in spec.tasks}
    missing = [key for key in task.after if files.statuses[key].state != "done"]
    if len(missing) == 1:
        return f"starts after {titles[missing[0]]}"
    return f"starts after {len(missing)} other tasks" if missing else ""


def task_fraction(status: TaskStatus) -> float:
    """Return the finished share of a task, 0–1."""
    if status.state == "done":
        return 1.0
    return min(1.0, status.done_units / status.total_units) if status.total_units else 0.0


def error_words(status: TaskStatus) -> str:
    """Return why a task failed, in sentences; "" where it did not."""
    if status.state != "failed":
        return ""
    parts = [(status.error or {}).get(key, "") for key in ("happened", "kept", "advice")]
    return " ".join(part for part in parts if part) or status.message
