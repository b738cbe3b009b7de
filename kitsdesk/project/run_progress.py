"""How far a run is, read from its folder alone: the same after a restart of the window."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from kitsdesk.project.fold_curves import CurveReader
from kitsdesk.project.job_rows import JobRow, RunTask
from kitsdesk.project.run_places import is_queued, place_words, plan_of
from kitsdesk.project.run_tasks import TaskFiles, read_tasks, run_tasks
from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    RUNNER_FILE,
    RunnerState,
    RunSpec,
    TaskState,
    TaskStatus,
    read_run,
    task_folder,
)

# A supervisor on another host is believed alive while its heartbeat is younger than this.
_HEARTBEAT_S = 60.0
_ASKING = "asking the queue"


def job_row(run: Path, curves: CurveReader | None = None) -> JobRow:
    """Return the run as a row of Jobs and Runs, its tasks and curves included.

    `curves` is kept by who reads the same runs again and again.

    Raises
    ------
    DamagedFile : run.json is missing or cut.
    """
    spec = read_run(run)
    files, plan = read_tasks(run, spec), plan_of(run)
    tasks = run_tasks(run, spec, files, curves or CurveReader())
    queued = is_queued(plan)
    state = _queued_state(run, files) if queued else _local_state(run, files)
    error = next((task.error for task in tasks if task.error), "")
    if state == "failed" and not error:
        error = "The run's process ended before its work was done. Retry continues it."
    return JobRow(
        job=run.name,
        kind=spec.kind,
        title=spec.title,
        subtitle=str(spec.details.get("subtitle", "")),
        state=state,
        phase=_phase(spec, files, tasks, queued),
        fraction=sum(task.fraction for task in tasks) / len(tasks) if tasks else 0.0,
        eta_s=_eta(files) if state == "running" else None,
        detail=_detail(tasks),
        curves=tuple(task.curve for task in tasks if task.curve is not None),
        can_pause=state in ("running", "paused"),
        can_cancel=state in ("running", "paused", "waiting"),
        can_retry=state in ("failed", "cancelled"),
        log=str(_log(run, spec, files)),
        error=error if state == "failed" else "",
        where=place_words(plan),
        queued=queued,
        created=spec.created,
        folder=str(run),
        tasks=tasks,
    )


def supervisor_alive(run: Path) -> bool:
    """Return whether the process that starts the run's tasks is still there."""
    path = run / RUNNER_FILE
    if not path.exists():
        return False
    runner = RunnerState.model_validate(read_json(path))
    if runner.finished:
        return False
    if runner.host != socket.gethostname():
        return time.time() - runner.heartbeat < _HEARTBEAT_S
    try:
        os.kill(runner.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _local_state(run: Path, files: TaskFiles) -> TaskState:
    states = {status.state for status in files.statuses.values()}
    if states <= {"done"}:
        return "done"
    alive = supervisor_alive(run)
    if (run / CANCEL_FILE).exists():
        return "running" if alive else "cancelled"
    if alive:
        return "paused" if (run / PAUSE_FILE).exists() else "running"
    if not (run / RUNNER_FILE).exists() and states <= {"waiting"}:
        return "waiting"
    return "failed"


def _queued_state(run: Path, files: TaskFiles) -> TaskState:
    """Return the state of a run in a queue: what its tasks and the queue say, as no process
    of ours watches over it."""
    states = {status.state for status in files.statuses.values()}
    if states <= {"done"}:
        return "done"
    if "running" in states:
        return "running"
    if (run / CANCEL_FILE).exists() or (
        "cancelled" in states and not states & {"waiting", "paused", "failed"}
    ):
        return "cancelled"
    if "paused" in states or (run / PAUSE_FILE).exists():
        return "paused"
    in_line = any(
        files.entry(key).queue_state in ("pending", "held", "unknown")
        for key, status in files.statuses.items()
        if status.state == "waiting"
    )
    if "failed" in states and not in_line:
        return "failed"
    return "waiting"


def _phase(spec: RunSpec, files: TaskFiles, tasks: tuple[RunTask, ...], queued: bool) -> str:
    """Return what the foremost task does, or why the run waits."""
    current = _current(files.statuses.values())
    if current is not None:
        return current.phase
    waiting = [task for task in tasks if task.state == "waiting"]
    if waiting and waiting[0].reason:
        return waiting[0].reason
    return _ASKING if waiting and queued and not files.queue.asked else ""


def _current(statuses: Iterable[TaskStatus]) -> TaskStatus | None:
    known = list(statuses)
    for wanted in ("running", "paused", "failed"):
        for status in known:
            if status.state == wanted:
                return status
    return None


def _eta(files: TaskFiles) -> float | None:
    """Return the rest of the running tasks and the full time of each waiting fold, shared
    among as many as run now; never less than the longest that runs."""
    running = [status for status in files.statuses.values() if status.state == "running"]
    rests = [status.eta_s for status in running if status.eta_s is not None]
    if not rests:
        return None
    now = time.time()
    full = max(
        status.eta_s + (now - status.started if status.started else 0.0)
        for status in running
        if status.eta_s is not None
    )
    waiting = sum(
        key.rpartition("/")[2].startswith("fold_") and status.state == "waiting"
        for key, status in files.statuses.items()
    )
    return max(max(rests), (sum(rests) + waiting * full) / len(running))


def _detail(tasks: tuple[RunTask, ...]) -> str:
    task = next((task for task in tasks if task.state in ("running", "paused", "failed")), None)
    if task is None:
        return ""
    parts = [task.place] if task.place else []
    if task.seconds_per_epoch is not None:
        parts.append(f"{task.seconds_per_epoch:.0f} s per epoch")
    if task.memory_gb is not None:
        parts.append(f"{task.memory_gb:.1f} GB")
    if task.message:
        parts.append(task.message)
    return " · ".join(parts)


def _log(run: Path, spec: RunSpec, files: TaskFiles) -> Path:
    for wanted in ("failed", "running", "done"):
        for task in reversed(spec.tasks):
            if files.statuses[task.key].state == wanted:
                return task_folder(run, task.key) / "log.txt"
    return run / "log.txt"
