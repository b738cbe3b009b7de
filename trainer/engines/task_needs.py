"""What a task asks of its place, read from its command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from trainer.contract.run_folder import TaskSpec

_ON_GPU = frozenset({"train", "predict", "crossval"})
_TABLE_KEY = "table"
_NUMBERED = re.compile(r"^cuda:(\d+)$")


@dataclass(frozen=True)
class TaskNeeds:
    """Whether a task would use a GPU, and which one it insists on (counted from 0)."""

    gpu: bool
    number: int | None = None


def needs_of(task: TaskSpec) -> TaskNeeds:
    """Return what `task` needs: training and predicting use a GPU unless told not to."""
    device = _option(task.argv, "--device")
    if task.argv[0] not in _ON_GPU or task.key == _TABLE_KEY or device in ("cpu", "mps"):
        return TaskNeeds(gpu=False)
    numbered = _NUMBERED.match(device)
    return TaskNeeds(gpu=True, number=int(numbered.group(1)) if numbered else None)


def on_its_place(argv: tuple[str, ...], gpu: str) -> tuple[str, ...]:
    """Return `argv` for a process that sees only the one GPU it was given: its number there
    is 0, whatever it is on the whole computer."""
    if not gpu or not _NUMBERED.match(_option(argv, "--device")):
        return argv
    words = list(argv)
    words[words.index("--device") + 1] = "cuda"
    return tuple(words)


def _option(argv: tuple[str, ...], name: str) -> str:
    words = dict(pairwise(argv))
    return words.get(name, "")
