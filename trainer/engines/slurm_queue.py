"""The queue of a Slurm cluster as it concerns one run: asked by the names of its jobs."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from trainer.contract.queue_state import QueueEntry
from trainer.engines.outside_program import ProgramRefused, ask
from trainer.engines.slurm_words import end_of, in_words, queue_state

# %A job, %K index or range in the array, %T state, %N nodes, %j name, %S start, %r reason
_FORMAT = "%A|%F|%K|%T|%N|%j|%S|%r"


@dataclass(frozen=True)
class QueuedTask:
    """One element of an array job: `stage` from 1 and `index` say which task it is."""

    stage: int
    index: int
    array: int
    entry: QueueEntry

    @property
    def live(self) -> bool:
        """Return whether it is still in the queue."""
        return self.entry.queue_state in ("pending", "held", "running")


def queued_tasks(names: Sequence[str], *, gpus: bool, now: float) -> list[QueuedTask]:
    """Return what squeue knows of the jobs with these names, those that ended lately too.

    Parameters
    ----------
    names : job names as `job_name` makes them; they end with "-STAGE".
    gpus : whether the jobs ask for GPUs, for the words.
    now : Unix time, noted in the entries.

    Raises
    ------
    ProgramRefused : squeue is missing or does not answer.
    """
    user = str(os.getuid()) if hasattr(os, "getuid") else ""
    text = ask(
        [
            *("squeue", "--noheader", "--array", "--states=all", f"--user={user}"),
            *(f"--name={','.join(names)}", f"--format={_FORMAT}"),
        ]
    )
    found = []
    for line in text.splitlines():
        parts = line.strip().split("|", 7)
        if len(parts) == 8 and parts[2].isdigit():
            found.append(_queued(parts, gpus=gpus, now=now))
    return found


def _queued(parts: Sequence[str], *, gpus: bool, now: float) -> QueuedTask:
    _raw, array, index, state, node, name, start, reason = parts
    entry = QueueEntry(
        job=f"{array}_{index}",
        node=node.strip() if node.strip() not in ("(null)", "n/a") else "",
        queue_state=queue_state(state, reason),
        queue_reason=in_words(state, reason, "" if start == "N/A" else start, gpus=gpus),
        end=end_of(state),
        since=now,
        seen=now,
    )
    return QueuedTask(int(name.rpartition("-")[2]), int(index), int(array), entry)


def newest(found: Sequence[QueuedTask]) -> dict[tuple[int, int], QueuedTask]:
    """Return for each (stage, index) the job that counts: one in the queue, else the last."""
    best: dict[tuple[int, int], QueuedTask] = {}
    for task in found:
        old = best.get((task.stage, task.index))
        if old is None or (task.live, task.array) >= (old.live, old.array):
            best[task.stage, task.index] = task
    return best


def accounted_end(job: str) -> str:
    """Return how a job ended that squeue has forgotten, "" where nobody knows: many clusters
    keep no accounts."""
    with suppress(ProgramRefused):
        text = ask(["sacct", "-n", "-P", "-X", "-j", job, "-o", "State"], patience_s=10)
        return end_of(text.strip().splitlines()[-1]) if text.strip() else ""
    return ""


def submit_script(script: str, indices: Sequence[int], limit: int, after: Sequence[str]) -> int:
    """Submit some elements of a script's array and return the number of the array job.

    Parameters
    ----------
    limit : how many may run at once, 0 = all.
    after : jobs that must have ended first, in whatever way.

    Raises
    ------
    ProgramRefused : sbatch's own words.
    """
    array = ",".join(map(str, indices)) + (f"%{limit}" if limit else "")
    command = ["sbatch", "--parsable", f"--array={array}"]
    if after:
        command.append(f"--dependency=afterany:{':'.join(after)}")
    return int(re.findall(r"\d+", ask([*command, script]))[0])
