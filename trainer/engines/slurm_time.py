"""Slurm's time limits: what they mean, and whether the cluster will ever run a job with one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import SlurmOptions
from trainer.engines.outside_program import ProgramRefused, ask

_TIME = re.compile(r"^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$")
# Such a line may choose another partition, or lift its limit.
_CHOOSES = re.compile(r"(--partition|--qos|--time|\s-[pqt])\b")


def limit_seconds(time_limit: str) -> int | None:
    """Return a limit as sbatch takes it or sinfo prints it (M, M:S, H:M:S, D-H, D-H:M, D-H:M:S) in
    seconds; None where it is none, such as "infinite"."""
    match = _TIME.match(time_limit)
    if match is None:
        return None
    days, first, second, third = (None if part is None else int(part) for part in match.groups())
    if days is not None:
        return ((days * 24 + (first or 0)) * 60 + (second or 0)) * 60 + (third or 0)
    if third is not None:
        return ((first or 0) * 60 + (second or 0)) * 60 + third
    return (first or 0) * 60 + (second or 0)


def time_refused(
    options: SlurmOptions, partitions: Sequence[Mapping[str, Any]], whole: Path, minute: Path
) -> str:
    """Return why no job with this time limit will ever run, "" where it may.

    Parameters
    ----------
    partitions : what sinfo says of each: `name`, `default`, `time_limit`.
    whole, minute : one job with the run's own time limit, and with one of a minute.
    """
    refusal = _refusal(whole)
    if refusal:
        # What a minute is refused too, such as nodes that are down, is not the limit's doing.
        return "" if _refusal(minute) else refusal
    return _over_the_partition(options, partitions)


def _refusal(script: Path) -> str:
    """Return why sbatch would not take a script, "" where it would."""
    try:
        ask(["sbatch", "--test-only", str(script)])
    except ProgramRefused as error:
        return error.happened
    return ""


def _over_the_partition(options: SlurmOptions, partitions: Sequence[Mapping[str, Any]]) -> str:
    """Most clusters take such a job and let it wait for ever (EnforcePartLimits=NO)."""
    if any(_CHOOSES.search(line) for line in options.extra_lines):
        return ""
    wanted = options.partition
    for each in partitions:
        if each["name"] == wanted or (not wanted and each["default"]):
            asked, most = limit_seconds(options.time_limit), limit_seconds(each["time_limit"])
            if asked is not None and most is not None and asked > most:
                limit = f"the time limit {options.time_limit} is more than its {each['time_limit']}"
                return f"Partition {each['name']} would never run it: {limit}."
    return ""
