"""Where a run runs, in words: "this computer", "Slurm, partition gpu", "over SSH on login"."""

from __future__ import annotations

from pathlib import Path

from trainer.contract.engine_plan import (
    EnginePlan,
    LocalOptions,
    SlurmOptions,
    read_plan_of_engine,
)
from trainer.contract.errors import KitsDeskError
from trainer.contract.queue_state import QueueEntry

HERE = "this computer"


def plan_of(run: Path) -> EnginePlan | None:
    """Return the run's plan; None where its file is cut or of a newer version."""
    try:
        return read_plan_of_engine(run)
    except KitsDeskError:
        return None


def is_queued(plan: EnginePlan | None) -> bool:
    """Return whether somebody else's queue, or another computer, runs the tasks."""
    return plan is None or plan.engine != "local" or plan.remote is not None


def place_words(plan: EnginePlan | None) -> str:
    """Return where a run goes, as a person says it."""
    if plan is None:
        return "an unknown place"
    place = _engine_words(plan)
    if plan.remote is None:
        return place
    host = plan.remote.host
    return f"{host} over SSH" if plan.engine == "local" else f"{place}, over SSH on {host}"


def _engine_words(plan: EnginePlan) -> str:
    options = plan.options
    if isinstance(options, SlurmOptions):
        return f"Slurm, {options.partition}" if options.partition else "Slurm"
    if plan.engine == "template":
        return "own queue"
    if isinstance(options, LocalOptions) and options.gpus:
        return f"{HERE}, {' and '.join(device_words(gpu) for gpu in options.gpus)}"
    return HERE if plan.engine == "local" else plan.engine


def device_words(device: str) -> str:
    """Return "GPU 1" for "1" or "cuda:1"; a name that is not a number stays."""
    number = device.removeprefix("cuda:")
    return f"GPU {number}" if number.isdigit() else device


def task_place(entry: QueueEntry, host: str, own_host: str) -> str:
    """Return where one task runs or ran: its node, and the GPU there where one is known."""
    node = entry.node or host
    shown = "" if node == own_host else node
    device = device_words(entry.device) if entry.device else ""
    return " · ".join(part for part in (shown, device) if part)
