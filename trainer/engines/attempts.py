"""What each attempt of a task kept of its work, where its time on a machine was too short."""

from __future__ import annotations

import math
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.run_folder import TaskSpec, read_status, task_folder

ATTEMPTS_FILE = "attempts.json"
# One attempt may end while it starts on a slow disk; three in a row are no chance.
MOST_WITHOUT_PROGRESS = 3
_LEARNING = re.compile(r"^(Training|Validating)\b.*")
# Their progress counts cases, of which a begun one is begun again.
_BY_CASE = frozenset({"predict", "crossval"})


class TooShort(KitsDeskError):
    """The time limit ends a task again and again before it has kept anything."""


class Attempts(BaseModel):
    """RUN/KEY/attempts.json: by part of the work, the most that was kept of it so far; and how
    many attempts in a row kept no more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept: dict[str, float] = {}
    without_progress: int = 0


def note_attempt(run: Path, task: TaskSpec) -> TooShort | None:
    """Note what the attempt that just ran out of time has kept.

    Returns
    -------
    Why the task must not be put back in line by itself any more, where this was the third
    attempt in a row that kept nothing more; the count then begins anew. Else None.
    """
    file = task_folder(run, task.key) / ATTEMPTS_FILE
    before = _read(file)
    part, units = _kept(run, task)
    most = before.kept.get(part, 0.0)
    grown = units > most
    count = 0 if grown else before.without_progress + 1
    too_short = count >= MOST_WITHOUT_PROGRESS
    kept = before.kept | {part: max(units, most)}
    write_json(file, Attempts(kept=kept, without_progress=0 if too_short else count))
    if not too_short:
        return None
    return TooShort(
        f"The time limit was up {count} times in a row before {task.title or task.key} had "
        "kept any more of its work.",
        kept="What it had finished before is kept.",
        advice="Give it a longer time limit, then requeue it.",
    )


def _kept(run: Path, task: TaskSpec) -> tuple[str, float]:
    """Return the part of the work that the task was at, and how much of it is kept."""
    status = read_status(run, task.key)
    if task.argv[0] in _BY_CASE:
        return "cases", float(math.floor(status.done_units))
    return _LEARNING.sub("learning", status.phase), status.done_units


def _read(file: Path) -> Attempts:
    if not file.exists():
        return Attempts()
    try:
        return Attempts.model_validate(read_json(file))
    except (KitsDeskError, ValidationError):
        return Attempts()
