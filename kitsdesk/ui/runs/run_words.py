"""Runs and their tasks in words: counts, progress, what may be asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kitsdesk.project.job_rows import JobRow, RunTask
from kitsdesk.ui.parts.wording import count_text, duration_text

ACTIVE = ("running", "paused", "waiting")
_COUNTED = ("running", "waiting", "paused", "done", "failed", "cancelled")


def runs_summary(rows: Sequence[JobRow]) -> str:
    """Return "3 runs: 1 running, 2 done"; "" where there are none."""
    if not rows:
        return ""
    return f"{count_text(len(rows), 'run')}: {_counts([row.state for row in rows])}"


def tasks_summary(row: JobRow) -> str:
    """Return how many folds and other tasks are in which state."""
    folds = [task.state for task in row.tasks if task.curve is not None]
    others = [task.state for task in row.tasks if task.curve is None]
    parts = [f"{count_text(len(folds), 'fold')}: {_counts(folds)}"] if folds else []
    parts += [f"{count_text(len(others), 'other task')}: {_counts(others)}"] if others else []
    return " · ".join(parts)


def _counts(states: Sequence[str]) -> str:
    parts = [f"{states.count(state)} {state}" for state in _COUNTED if state in states]
    return ", ".join(parts)


def started_text(created: str) -> str:
    """Return an ISO time as "28 Nov, 17:02" of this computer's clock; "" where it is none."""
    try:
        moment = datetime.fromisoformat(created).astimezone()
    except ValueError:
        return ""
    return f"{moment.day} {moment:%b, %H:%M}"


def run_facts(row: JobRow) -> str:
    """Return the line below a run's title: what it works on, where, since when."""
    started = started_text(row.created)
    parts = (row.subtitle, row.where, f"made {started}" if started else "")
    return " · ".join(part for part in parts if part)


def task_words(task: RunTask) -> str:
    """Return what a task does, or why it does nothing."""
    match task.state:
        case "waiting":
            return task.reason or "waiting"
        case "running":
            return task.message or task.phase or "running"
        case "failed":
            return task.error or task.message or "failed"
        case "paused":
            return task.message or "paused"
        case _:
            return task.message or task.state


def epoch_text(task: RunTask) -> str:
    """Return "412 of 1000" for a fold, the percentage for any other task."""
    curve = task.curve
    if curve is None:
        return f"{100 * task.fraction:.0f} %" if task.state != "waiting" else ""
    done = curve.epoch[-1] + 1 if curve.epoch else 0
    return f"{done} of {curve.epochs_total}" if done or task.state != "waiting" else ""


def rest_text(task: RunTask) -> str:
    """Return the time that a running task still takes."""
    return duration_text(task.eta_s) if task.eta_s is not None else ""


def may(row: JobRow, task: RunTask | None) -> frozenset[str]:
    """Return what can be asked of a run, or of one of its tasks: pause, resume, cancel,
    requeue."""
    state = row.state if task is None else task.state
    asked: set[str] = set()
    if state in ACTIVE:
        asked.add("cancel")
    if state == "running":
        asked.add("pause")
    if state in ("paused", "failed", "cancelled") and task is None:
        asked.add("resume")
    if state == "paused":
        asked.add("resume")
    if row.queued:
        asked |= _of_those_in_line(row.tasks if task is None else (task,))
    if state in ("failed", "cancelled") or (row.queued and state in ("waiting", "paused")):
        asked.add("requeue")
    if task is not None and row.state in ("done", "cancelled"):
        asked &= {"requeue"}
    return frozenset(asked)


def _of_those_in_line(tasks: Sequence[RunTask]) -> set[str]:
    """Return what a queue can do with tasks that wait in it: let go what is held, hold the rest."""
    waiting = [task for task in tasks if task.state == "waiting"]
    return {"resume" if task.held else "pause" for task in waiting}
