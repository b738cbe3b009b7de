"""Jobs in words: states with their icons, counts, what may be done."""

from __future__ import annotations

from collections.abc import Sequence

from kitsdesk.project.job_rows import FoldCurve, JobRow
from kitsdesk.ui.parts.wording import count_text, duration_text
from trainer.contract.run_folder import TaskState

STATE_ICONS: dict[TaskState, tuple[str, str]] = {
    "waiting": ("ph.hourglass", "text_muted"),
    "running": ("ph.spinner", "accent"),
    "paused": ("ph.pause-circle", "text_muted"),
    "done": ("ph.check-circle", "success"),
    "failed": ("ph.warning", "error"),
    "cancelled": ("ph.prohibit", "text_muted"),
}
ACTIVE: tuple[TaskState, ...] = ("running", "paused", "waiting")


def summary(rows: Sequence[JobRow]) -> str:
    """Return what the panel's head says beside "Jobs"."""
    running = sum(row.state == "running" for row in rows)
    waiting = sum(row.state in ("waiting", "paused") for row in rows)
    failed = sum(row.state == "failed" for row in rows)
    parts = [f"{running} running"] if running else []
    parts += [f"{waiting} waiting"] if waiting else []
    parts += [f"{failed} failed"] if failed else []
    return ", ".join(parts) or "nothing running"


def foremost(rows: Sequence[JobRow]) -> JobRow | None:
    """Return the job that the strip shows: one that failed or is on its way, running first."""
    order = ("failed", "running", "paused", "waiting")
    shown = [row for row in rows if row.state in order]
    running = next((row for row in shown if row.state == "running"), None)
    return running or min(shown, key=lambda row: order.index(row.state), default=None)


def left_text(row: JobRow) -> str:
    """Return how long a job still takes, or how it ended."""
    if row.state == "running" and row.eta_s is not None:
        return f"{duration_text(row.eta_s)} left"
    return "" if row.state == "running" else row.state


def percent_text(row: JobRow) -> str:
    """Return the finished share; 100 % only when done."""
    share = 100 * min(1.0, max(0.0, row.fraction))
    whole = 100 if row.state == "done" else min(99, int(share))
    return f"{whole} %"


def fold_note(curve: FoldCurve) -> str:
    """Return the line under a fold's curves."""
    if curve.note:
        return curve.note
    if curve.state == "waiting":
        return "waiting"
    done = curve.epoch[-1] + 1 if curve.epoch else 0
    if curve.state == "done":
        return count_text(curve.epochs_total, "epoch")
    return f"epoch {done} of {curve.epochs_total}"
