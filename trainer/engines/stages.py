"""The tasks of a run in stages: all of one stage can run side by side."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.contract.errors import KitsDeskError
from trainer.contract.run_folder import TaskSpec


class TasksInARing(KitsDeskError):
    """Tasks of a run wait for each other, or for one that is not there."""


def stages(tasks: Sequence[TaskSpec]) -> list[list[TaskSpec]]:
    """Return the tasks by how many others must be done before, in the order of the run.

    Raises
    ------
    TasksInARing : some can never begin.
    """
    level: dict[str, int] = {}
    waiting = list(tasks)
    while waiting:
        ready = [task for task in waiting if all(key in level for key in task.after)]
        if not ready:
            raise TasksInARing(
                f"{waiting[0].key} waits for a task that can never be done.",
                kept="Nothing was started.",
            )
        for task in ready:
            level[task.key] = 1 + max((level[key] for key in task.after), default=-1)
        waiting = [task for task in waiting if task.key not in level]
    found: list[list[TaskSpec]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for task in tasks:
        found[level[task.key]].append(task)
    return found
