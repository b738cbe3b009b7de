from __future__ import annotations

import pytest

from tests.bench.scaling import TaskTimes, hours, shards

HOUR = 3600.0


@pytest.mark.parametrize(("gpus", "expected"), [(1, 15), (4, 4), (8, 2), (15, 1), (100, 1)])
def test_equal_tasks_come_in_rounds(gpus, expected):
    assert hours([TaskTimes(0, HOUR)] * 15, gpus) == pytest.approx(expected)


def test_a_start_is_paid_by_each_task():
    assert hours([TaskTimes(HOUR, HOUR)] * 4, 2) == pytest.approx(4)


def test_a_shared_disk_is_shared():
    reading = TaskTimes(0, HOUR, HOUR)  # 1 GB/s
    assert hours([reading] * 4, 4, disk_gb_s=4) == pytest.approx(1)
    assert hours([reading] * 4, 4, disk_gb_s=2) == pytest.approx(2)
    assert hours([reading] * 4, 1, disk_gb_s=2) == pytest.approx(4)
    # While one starts, the other has the disk for itself.
    assert hours([reading, TaskTimes(HOUR, HOUR, HOUR)], 2, disk_gb_s=1) == pytest.approx(2)


def test_shards_are_all_cases():
    parts = shards(210, 4, 10, 2, 0.5)
    assert len(parts) == 4
    assert sum(part.compute_s for part in parts) == pytest.approx(420)
    assert sum(part.read_gb for part in parts) == pytest.approx(105)
    assert len(shards(3, 10, 1, 1, 1)) == 3
