"""The files by which a person stops a task, lets it wait, or puts it back in line."""

from __future__ import annotations

import time
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    TaskSpec,
    TaskStatus,
    is_parked,
    read_run,
    read_status,
    task_folder,
)
from trainer.engines.task_process import STATUS_FILE, find_process, read_proof

_SEEN_WITHIN_S = 3.0


class NoSuchTask(KitsDeskError):
    """A task was named that the run does not have."""


def task_keys(run: Path, key: str) -> tuple[str, ...]:
    """Return `key` alone, or the keys of all tasks where it is "".

    Raises
    ------
    NoSuchTask : the run has no task of that name.
    """
    keys = tuple(task.key for task in read_run(run).tasks)
    if not key:
        return keys
    if key not in keys:
        raise NoSuchTask(f"The run has no task {key}.", advice=f"It has: {', '.join(keys)}.")
    return (key,)


def clear_marks(run: Path, key: str = "", *names: str) -> None:
    """Remove the marks `names` (CANCEL and PAUSE by default) of a task, or with "" those of
    the run and of all its tasks."""
    places = [task_folder(run, key)] if key else [run, *(run / k for k in task_keys(run, ""))]
    for place in places:
        for name in names or (CANCEL_FILE, PAUSE_FILE):
            (place / name).unlink(missing_ok=True)


def clear_run_marks(run: Path) -> None:
    """Remove the marks that stand for all tasks at once; those of single tasks stay."""
    for name in (CANCEL_FILE, PAUSE_FILE):
        (run / name).unlink(missing_ok=True)


def let_go(run: Path, key: str = "") -> None:
    """Let all tasks go on, or with `key` that one alone: what else a person paused or stopped,
    singly or with the whole run, stays so. The run's own marks are left to the engine, which
    has to know that it was being cancelled."""
    if not key:
        for name in task_keys(run, ""):
            clear_marks(run, name)
        return
    for mark in (CANCEL_FILE, PAUSE_FILE):
        if (run / mark).exists():
            for other in task_keys(run, ""):
                set_mark(run, other, mark)
    clear_marks(run, key)


def set_mark(run: Path, key: str, name: str) -> None:
    """Set the mark `name` for a task, or with "" for the run.

    Raises
    ------
    NoSuchTask : the run has no task `key`.
    """
    task_keys(run, key)
    place = task_folder(run, key) if key else run
    place.mkdir(parents=True, exist_ok=True)
    (place / name).touch()


def put_back(run: Path, key: str) -> None:
    """Let a task that failed or was stopped wait again, and what was not begun because of it.

    A task that is done or at work is left alone.
    """
    tasks = {task.key: task for task in read_run(run).tasks}
    for name in (key, *_dependents(tasks, key)):
        folder = task_folder(run, name)
        (folder / CANCEL_FILE).unlink(missing_ok=True)
        (folder / PAUSE_FILE).unlink(missing_ok=True)
        if read_proof(folder) is not None or find_process(folder) is not None:
            continue
        status = _settled(run, name)
        if status.state not in ("waiting", "done"):
            changes = {"state": "waiting", "message": "", "error": None, "eta_s": None}
            write_json(folder / STATUS_FILE, status.model_copy(update=changes))


def _settled(run: Path, key: str) -> TaskStatus:
    """Return the status of a task whose process is gone, once its supervisor has seen that."""
    end = time.monotonic() + _SEEN_WITHIN_S
    while (status := read_status(run, key)).state in ("running", "paused"):
        if is_parked(status) or time.monotonic() > end:
            break
        time.sleep(0.05)
    return status


def _dependents(tasks: dict[str, TaskSpec], key: str) -> list[str]:
    found = [key]
    for known in found:
        found += [t.key for t in tasks.values() if known in t.after and t.key not in found]
    return found[1:]
