"""How far a run is, read from its folder alone: the same after a restart of the window."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

from kitsdesk.project.job_rows import FoldCurve, JobRow
from trainer.contract.jsonfile import read_json, read_lines
from trainer.contract.presets import PRESETS
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    RUNNER_FILE,
    RunnerState,
    RunSpec,
    TaskSpec,
    TaskState,
    TaskStatus,
    read_run,
    read_status,
    task_folder,
)

# A supervisor on another host is believed alive while its heartbeat is younger than this.
_HEARTBEAT_S = 60.0


def job_row(run: Path) -> JobRow:
    """Return the run as a row of Jobs, its curves included.

    Raises
    ------
    DamagedFile : run.json is missing or cut.
    """
    spec = read_run(run)
    statuses = {task.key: read_status(run, task.key) for task in spec.tasks}
    alive = supervisor_alive(run)
    state = _state(run, statuses, alive)
    current = _current(spec, statuses)
    error = _error(statuses)
    if state == "failed" and not error:
        error = "The run's process ended before its work was done. Retry continues it."
    return JobRow(
        job=run.name,
        kind=spec.kind,
        title=spec.title,
        subtitle=str(spec.details.get("subtitle", "")),
        state=state,
        phase=current.phase if current is not None else "",
        fraction=_fraction(statuses),
        eta_s=_eta(spec, statuses) if state == "running" else None,
        detail=_detail(current),
        curves=tuple(_curve(run, task, statuses[task.key]) for task in _trainings(spec)),
        can_pause=state in ("running", "paused"),
        can_cancel=state in ("running", "paused", "waiting"),
        can_retry=state in ("failed", "cancelled"),
        log=str(_log(run, spec, statuses)),
        error=error,
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


def _state(run: Path, statuses: dict[str, TaskStatus], alive: bool) -> TaskState:
    states = {status.state for status in statuses.values()}
    if states <= {"done"}:
        return "done"
    if (run / CANCEL_FILE).exists():
        return "running" if alive else "cancelled"
    if alive:
        return "paused" if (run / PAUSE_FILE).exists() else "running"
    if not (run / RUNNER_FILE).exists() and states <= {"waiting"}:
        return "waiting"
    return "failed"


def _current(spec: RunSpec, statuses: dict[str, TaskStatus]) -> TaskStatus | None:
    for wanted in ("running", "paused", "failed"):
        for task in spec.tasks:
            if statuses[task.key].state == wanted:
                return statuses[task.key]
    return None


def _fraction(statuses: dict[str, TaskStatus]) -> float:
    if not statuses:
        return 0.0
    parts = [_task_fraction(status) for status in statuses.values()]
    return sum(parts) / len(parts)


def _task_fraction(status: TaskStatus) -> float:
    if status.state == "done":
        return 1.0
    return min(1.0, status.done_units / status.total_units) if status.total_units else 0.0


def _eta(spec: RunSpec, statuses: dict[str, TaskStatus]) -> float | None:
    """Return the rest of the running task, plus its kind's full time for each waiting one."""
    running = [status for status in statuses.values() if status.state == "running"]
    if not running or running[0].eta_s is None:
        return None
    rest = running[0].eta_s
    spent = time.time() - running[0].started if running[0].started else 0.0
    waiting = sum(1 for task in _trainings(spec) if statuses[task.key].state == "waiting")
    return rest + waiting * (spent + rest)


def _detail(status: TaskStatus | None) -> str:
    if status is None:
        return ""
    parts = []
    if status.seconds_per_epoch is not None:
        parts.append(f"{status.seconds_per_epoch:.0f} s per epoch")
    if status.memory_gb is not None:
        parts.append(f"{status.memory_gb:.1f} GB")
    if status.message:
        parts.append(status.message)
    return " · ".join(parts)


def _error(statuses: dict[str, TaskStatus]) -> str:
    for status in statuses.values():
        if status.state == "failed" and status.error:
            parts = (status.error.get(key, "") for key in ("happened", "kept", "advice"))
            return " ".join(part for part in parts if part)
        if status.state == "failed" and status.message:
            return status.message
    return ""


def _trainings(spec: RunSpec) -> list[TaskSpec]:
    return [task for task in spec.tasks if task.key.rpartition("/")[2].startswith("fold_")]


def _curve(run: Path, task: TaskSpec, status: TaskStatus) -> FoldCurve:
    parts = task.key.split("/")
    records, _ = read_lines(task_folder(run, task.key) / "metrics.jsonl")
    return FoldCurve(
        fold=int(parts[-1].removeprefix("fold_")),
        architecture=parts[-2] if len(parts) > 1 else "",
        state=status.state,
        epochs_total=_epochs(task),
        epoch=tuple(int(record["epoch"]) for record in records),
        loss=tuple(float(record["loss"]) for record in records),
        validation_loss=tuple(float(record["validation_loss"]) for record in records),
        pseudo_dice=tuple(_mean_dice(record) for record in records),
        note=status.message,
    )


def _epochs(task: TaskSpec) -> int:
    """Return the epochs that a training task was asked for, else those of its preset."""
    words = dict(zip(task.argv, task.argv[1:], strict=False))
    if "--epochs" in words:
        return int(words["--epochs"])
    chosen = PRESETS.get(words.get("--preset", ""))
    return chosen.schedule.epochs if chosen is not None else 0


def _mean_dice(record: dict[str, Any]) -> float:
    values = [float(value) for value in record["pseudo_dice"].values() if value is not None]
    return sum(values) / len(values) if values else 0.0


def _log(run: Path, spec: RunSpec, statuses: dict[str, TaskStatus]) -> Path:
    for wanted in ("failed", "running", "done"):
        for task in reversed(spec.tasks):
            if statuses[task.key].state == wanted:
                return task_folder(run, task.key) / "log.txt"
    return run / "log.txt"
