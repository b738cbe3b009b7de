"""The curves of folds in training, read from their metrics.jsonl as it grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kitsdesk.project.job_rows import FoldCurve
from trainer.contract.jsonfile import read_lines
from trainer.contract.presets import PRESETS
from trainer.contract.run_folder import TaskSpec, TaskStatus, task_folder

METRICS_FILE = "metrics.jsonl"


@dataclass
class _Grown:
    """The epochs of one file so far, and how many of its bytes they were."""

    offset: int = 0
    epoch: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    pseudo_dice: list[float] = field(default_factory=list)


class CurveReader:
    """Reads what is new in each file only: fifteen folds of a thousand epochs are looked at
    once a second."""

    def __init__(self) -> None:
        self._files: dict[Path, _Grown] = {}

    def curve(self, run: Path, task: TaskSpec, status: TaskStatus, waits: str = "") -> FoldCurve:
        """Return the curve of a training task as far as it is written."""
        grown = self._grow(task_folder(run, task.key) / METRICS_FILE)
        parts = task.key.split("/")
        return FoldCurve(
            fold=int(parts[-1].removeprefix("fold_")),
            architecture=parts[-2] if len(parts) > 1 else "",
            state=status.state,
            epochs_total=epochs_of(task),
            epoch=tuple(grown.epoch),
            loss=tuple(grown.loss),
            validation_loss=tuple(grown.validation_loss),
            pseudo_dice=tuple(grown.pseudo_dice),
            note=status.message,
            waits=waits,
        )

    def _grow(self, path: Path) -> _Grown:
        grown = self._files.setdefault(path, _Grown())
        size = path.stat().st_size if path.exists() else 0
        if size < grown.offset:
            grown = self._files[path] = _Grown()
        if size > grown.offset:
            records, grown.offset = read_lines(path, grown.offset)
            for record in records:
                grown.epoch.append(int(record["epoch"]))
                grown.loss.append(float(record["loss"]))
                grown.validation_loss.append(float(record["validation_loss"]))
                grown.pseudo_dice.append(mean_dice(record))
        return grown


def is_training(task: TaskSpec) -> bool:
    """Return whether a task trains a fold."""
    return task.key.rpartition("/")[2].startswith("fold_")


def epochs_of(task: TaskSpec) -> int:
    """Return the epochs that a training task was asked for, else those of its preset."""
    words = dict(zip(task.argv, task.argv[1:], strict=False))
    if "--epochs" in words:
        return int(words["--epochs"])
    chosen = PRESETS.get(words.get("--preset", ""))
    return chosen.schedule.epochs if chosen is not None else 0


def mean_dice(record: dict[str, Any]) -> float:
    """Return the mean pseudo-Dice of an epoch over the structures that have one."""
    values = [float(value) for value in record["pseudo_dice"].values() if value is not None]
    return sum(values) / len(values) if values else 0.0
