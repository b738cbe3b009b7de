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


@dataclass(frozen=True)
class JobRow:
    """One row of Jobs. `fraction` is 0–1 of the whole job; times in seconds."""

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
    log: str = ""
    error: str = ""
