"""The rows of predictions in the warm process: in their turn, with what they will take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kitsdesk.project.job_rows import JobRow
from trainer.contract.events import DeviceBusyEvent, ProgressEvent
from trainer.contract.forecast import Forecast

# What is done for the next case while another computes.
_READ_AHEAD = ("load", "read", "resample")


def in_turn(live: Mapping[str, JobRow], running: Sequence[str]) -> list[JobRow]:
    """Return the rows in the order in which they run; what waits behind another that waits
    may be let first."""
    order = [job for job in running if job in live]
    order += [job for job in live if job not in order]
    waiting = [job for job in order if live[job].state == "waiting"]
    return [replace(live[job], can_be_first=job in waiting[1:]) for job in order]


def progressed(row: JobRow, event: ProgressEvent) -> JobRow:
    """Return the row after a progress event; while it waits for another it stays waiting."""
    if row.can_use_processor:
        row = replace(row, phase="", detail="", can_use_processor=False, blocked_by="")
    if row.state == "waiting" and event.phase in _READ_AHEAD:
        return row
    fraction = event.done / event.total if event.total else 0.0
    left = event.eta_s if event.eta_s is not None else row.eta_s
    return replace(row, state="running", phase=event.phase, fraction=fraction, eta_s=left)


def waiting_for_gpu(row: JobRow, event: DeviceBusyEvent, runs: Sequence[JobRow]) -> JobRow:
    """Return the row while a run or another program has the GPU; a run of `runs` that can be
    paused is named by its job."""
    holder = Path(event.run).name
    pausable = next((r for r in runs if r.job == holder and r.can_pause), None)
    who = pausable.title if pausable is not None else (holder or "another program")
    return replace(
        row,
        state="waiting",
        phase=f"waits for the GPU: in use by {who}",
        can_use_processor=True,
        blocked_by="" if pausable is None else pausable.job,
    )


def foreseen(row: JobRow, told: Forecast) -> JobRow:
    """Return the row with the time and the memory that it is going to take."""
    return replace(row, eta_s=told.seconds, detail=f"{told.memory_gb:.1f} GB of memory")
