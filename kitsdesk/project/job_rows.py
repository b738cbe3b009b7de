"""What the Jobs panel shows: plain records made from a run's folder or a live prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trainer.contract.run_folder import TaskState


@dataclass(frozen=True)
class FoldCurve:
    """One fold in training; the lists have one value per finished epoch."""

    fold: int
    architecture: str
    state: TaskState
    epochs_total: int
    epoch: tuple[int, ...] = ()
    loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    pseudo_dice: tuple[float, ...] = ()
    note: str = ""
    waits: str = ""


@dataclass(frozen=True)
class RunTask:
    """One process of a run. `place` is where it runs or ran (a node, this computer and its
    GPU), `reason` why it waits, in words; `held` means that it waits until it is resumed; `job` is
    the queue's own number. Times in seconds."""

    key: str
    title: str
    state: TaskState
    phase: str = ""
    fraction: float = 0.0
    eta_s: float | None = None
    seconds_per_epoch: float | None = None
    memory_gb: float | None = None
    place: str = ""
    job: str = ""
    reason: str = ""
    held: bool = False
    message: str = ""
    error: str = ""
    log: str = ""
    curve: FoldCurve | None = None


@dataclass(frozen=True)
class JobRow:
    """One row of Jobs. `fraction` is 0–1 of the whole job; times in seconds. A prediction that
    waits for a GPU `can_use_processor`, and `blocked_by` is the project's run that has it."""

    job: str
    kind: Literal["train", "predict", "compare", "crossval", "case", "export", "import", "install"]
    title: str
    subtitle: str
    state: TaskState
    phase: str = ""
    fraction: float = 0.0
    eta_s: float | None = None
    detail: str = ""
    curves: tuple[FoldCurve, ...] = ()
    can_pause: bool = False
    can_cancel: bool = False
    can_retry: bool = False
    can_be_first: bool = False
    can_use_processor: bool = False
    blocked_by: str = ""
    log: str = ""
    error: str = ""
    where: str = "this computer"
    queued: bool = False
    created: str = ""
    folder: str = ""
    tasks: tuple[RunTask, ...] = ()
