"""One task over many cases as several tasks over a part of them each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from trainer.contract.run_folder import TaskSpec

_Item = TypeVar("_Item")


def shard_of(items: Sequence[_Item], number: int, count: int) -> list[_Item]:
    """Return every `count`-th of `items`, from the one with index `number` - 1 on.

    Neighbours go to different shards: large cases often stand together.

    Raises
    ------
    ValueError : not 1 ≤ number ≤ count.
    """
    if not 1 <= number <= count:
        raise ValueError(f"There is no shard {number} of {count}.")
    return list(items[number - 1 :: count])


def sharded(tasks: Sequence[TaskSpec], key: str, count: int) -> tuple[TaskSpec, ...]:
    """Return `tasks` with the task `key` cut into `count` tasks KEY/shard_1 … KEY/shard_N.

    What came after `key` comes after all of its shards. The task must be one of `predict` or
    of `crossval`'s prediction, which understand `--shard I/N` and write to `--task`.
    `count` should not be larger than the number of cases; 0 or 1 changes nothing.
    """
    if count <= 1:
        return tuple(tasks)
    keys = tuple(f"{key}/shard_{number}" for number in range(1, count + 1))
    result: list[TaskSpec] = []
    for task in tasks:
        if task.key == key:
            result += [
                task.model_copy(
                    update={
                        "key": keys[number - 1],
                        "argv": _with_shard(task.argv, keys[number - 1], number, count),
                        "title": f"{task.title}, part {number} of {count}",
                    }
                )
                for number in range(1, count + 1)
            ]
            continue
        after = [part for old in task.after for part in (keys if old == key else (old,))]
        result.append(task.model_copy(update={"after": tuple(after)}))
    return tuple(result)


def _with_shard(argv: tuple[str, ...], key: str, number: int, count: int) -> tuple[str, ...]:
    words = list(argv)
    if "--task" in words:
        words[words.index("--task") + 1] = key
    else:
        words += ["--task", key]
    return (*words, "--shard", f"{number}/{count}")
