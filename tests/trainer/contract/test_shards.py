from __future__ import annotations

import pytest

from trainer.contract.run_folder import TaskSpec
from trainer.contract.shards import shard_of, sharded

TASKS = (
    TaskSpec(key="residual/fold_0", argv=("train",)),
    TaskSpec(
        key="predict",
        argv=("predict", "--task", "predict"),
        after=("residual/fold_0",),
        title="predict",
    ),
    TaskSpec(key="table", argv=("crossval",), after=("predict", "residual/fold_0")),
)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_every_case_is_in_one_shard(count):
    cases = [f"case_{number}" for number in range(10)]
    shards = [shard_of(cases, number, count) for number in range(1, count + 1)]
    assert sorted(case for shard in shards for case in shard) == cases
    sizes = {len(shard) for shard in shards}
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("number", "count"), [(0, 2), (3, 2), (1, 0)])
def test_a_shard_that_is_not_there(number, count):
    with pytest.raises(ValueError, match="no shard"):
        shard_of([1, 2], number, count)


def test_what_came_after_a_task_comes_after_all_its_shards():
    cut = sharded(TASKS, "predict", 2)
    assert [task.key for task in cut] == [
        "residual/fold_0",
        "predict/shard_1",
        "predict/shard_2",
        "table",
    ]
    assert cut[1].after == ("residual/fold_0",)
    assert cut[1].argv == ("predict", "--task", "predict/shard_1", "--shard", "1/2")
    assert cut[2].argv[-1] == "2/2"
    assert cut[3].after == ("predict/shard_1", "predict/shard_2", "residual/fold_0")
    assert sharded(TASKS, "predict", 1) == TASKS
