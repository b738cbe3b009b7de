"""A run's folder: what it is to do, and the files that say how far it is.

RUN/run.json        RunSpec, frozen
RUN/engine.json     EnginePlan: where it runs (trainer.contract.engine_plan)
RUN/runner.json     RunnerState of the process that starts the tasks
RUN/queue.json      QueueRecord: what the queue says of each task (trainer.contract.queue_state)
RUN/CANCEL          exists = a person asked for the run to stop
RUN/PAUSE           exists = a person asked for the run to wait between steps
RUN/KEY/CANCEL      the same for one task; RUN/KEY/PAUSE too
RUN/KEY/            one folder per task: status.json, metrics.jsonl, log.txt, done.json
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from trainer.contract.jsonfile import read_json

TaskState = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]
RunKind = Literal["train", "predict", "compare", "crossval"]


class TaskSpec(BaseModel):
    """One process: `argv` is what follows `kitsdesk-trainer`. `after` are keys of tasks
    that must be done first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    argv: tuple[str, ...]
    after: tuple[str, ...] = ()
    title: str = ""


class RunSpec(BaseModel):
    """What a run is to do; written once. Only `details` grows: training notes there with
    how many threads, on what device and in what precision it was begun."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    kind: RunKind
    title: str
    created: str
    tasks: tuple[TaskSpec, ...]
    details: dict[str, Any] = {}


class RunnerState(BaseModel):
    """The supervising process of a run; `heartbeat` is a Unix time in seconds."""

    model_config = ConfigDict(extra="forbid")

    engine: str = "local"
    pid: int
    host: str
    heartbeat: float
    finished: bool = False


class TaskStatus(BaseModel):
    """How far a task is. `done_units` of `total_units`, times in seconds."""

    model_config = ConfigDict(extra="forbid")

    state: TaskState
    phase: str = ""
    done_units: float = 0.0
    total_units: float = 0.0
    eta_s: float | None = None
    message: str = ""
    pid: int = 0
    host: str = ""
    heartbeat: float = 0.0
    started: float = 0.0
    seconds_per_epoch: float | None = None
    memory_gb: float | None = None
    error: dict[str, str] | None = None


class TaskDone(BaseModel):
    """Proof that a task is done: relative paths of what it made, with their sha256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    finished: str
    seconds: float
    files: dict[str, str] = {}
    result: dict[str, Any] = {}


RUN_FILE = "run.json"
RUNNER_FILE = "runner.json"
CANCEL_FILE = "CANCEL"
PAUSE_FILE = "PAUSE"


def task_folder(run: Path, key: str) -> Path:
    """Return the folder of the task `key` (its parts separated by "/")."""
    return run / key


def read_run(run: Path) -> RunSpec:
    """Read RUN/run.json; raises DamagedFile where it is missing or cut."""
    return RunSpec.model_validate(read_json(run / RUN_FILE))


def read_status(run: Path, key: str) -> TaskStatus:
    """Return the task's last status; "waiting" where it has not begun."""
    folder = task_folder(run, key)
    if (folder / "done.json").exists():
        state = TaskStatus(state="done", done_units=1, total_units=1)
        if (folder / "status.json").exists():
            state = TaskStatus.model_validate(read_json(folder / "status.json"))
        return state.model_copy(update={"state": "done", "done_units": state.total_units or 1})
    if not (folder / "status.json").exists():
        return TaskStatus(state="waiting")
    return TaskStatus.model_validate(read_json(folder / "status.json"))


def is_parked(status: TaskStatus) -> bool:
    """Return whether a task is paused and has left its place until it is resumed."""
    return status.state == "paused" and not status.pid


def asked_to_cancel(run: Path | None, key: str = "") -> bool:
    """Return whether a person asked the run, or its task `key`, to stop."""
    return _asked(run, key, CANCEL_FILE)


def asked_to_pause(run: Path | None, key: str = "") -> bool:
    """Return whether a person asked the run, or its task `key`, to wait."""
    return _asked(run, key, PAUSE_FILE)


def _asked(run: Path | None, key: str, name: str) -> bool:
    if run is None:
        return False
    return (run / name).exists() or (bool(key) and (task_folder(run, key) / name).exists())
