"""The command lines of the template engine, and what other queues call a job's state."""

from __future__ import annotations

import shlex

from trainer.contract.engine_plan import BadEngineOptions
from trainer.contract.queue_state import QueueState

# bjobs (LSF), qstat (PBS Pro, Torque), qstat (SGE).
_PENDING = frozenset({"PEND", "PSUSP", "WAIT", "Q", "H", "W", "T", "qw", "hqw", "Eqw", "PD"})
_RUNNING = frozenset({"RUN", "USUSP", "SSUSP", "R", "E", "S", "B", "r", "t", "Rr", "dr", "s"})
_ENDED = frozenset({"DONE", "EXIT", "ZOMBI", "C", "F", "X", "CD"})


def words_of(line: str, *, job: str, script: str, name: str, log: str) -> list[str]:
    """Return a command line as words with its placeholders filled in; no shell looks at it.

    Raises
    ------
    BadEngineOptions : a quote is not closed, or a placeholder is unknown.
    """
    try:
        return [
            word.format(job=job, script=script, name=name, log=log) for word in shlex.split(line)
        ]
    except (ValueError, KeyError, IndexError) as error:
        raise BadEngineOptions(
            f"The command line {line!r} cannot be used: {error}.",
            advice="Its placeholders are {script}, {name}, {log} and {job}.",
        ) from error


def state_in(line: str) -> QueueState:
    """Return the state that a line of the queue's list tells; a job that is not listed, or is
    listed as over, has "ended"."""
    words = line.split()
    if not words:
        return "ended"
    found: tuple[tuple[frozenset[str], QueueState], ...] = (
        (_PENDING, "pending"),
        (_RUNNING, "running"),
        (_ENDED, "ended"),
    )
    return next((state for known, state in found if known & set(words[1:])), "running")
