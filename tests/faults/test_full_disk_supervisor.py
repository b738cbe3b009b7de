"""A disk that is full while a run is supervised: the supervisor lives on and finishes the run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from full_disk import fill, make_room, small_disk
from stopped_process import ROOT

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec, read_status, task_folder
from trainer.engines.task_process import find_process

PATIENCE_S = 300
ARGV = ("describe", "--arch", "residual", "--preset", "demo")
TASKS = tuple(TaskSpec(key=key, argv=ARGV) for key in ("first", "second"))


@pytest.fixture
def run(tmp_path):
    with small_disk(tmp_path / "disk", 2000):
        run = tmp_path / "disk" / "run"
        run.mkdir()
        spec = RunSpec(kind="predict", title="two", created="2026-11-28T12:00:00", tasks=TASKS)
        write_json(run / RUN_FILE, spec)
        yield run


def supervise(run: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", "run", "supervise", str(run)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def states(run: Path) -> list[str]:
    return [read_status(run, task.key).state for task in TASKS]


def test_22_a_run_is_not_begun_on_a_full_disk_and_says_so(run):
    fill(run.parent)
    said, _ = (process := supervise(run)).communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert states(run) == ["waiting", "waiting"]
    make_room(run.parent)
    again = supervise(run)
    said, _ = again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0, said
    assert states(run) == ["done", "done"]


def test_22_a_disk_that_fills_behind_a_task_costs_that_task_at_most(run):
    process = supervise(run)
    until(lambda: "running" in states(run))
    fill(run.parent)
    until(lambda: find_process(task_folder(run, "first")) is None)
    # Long enough for several turns of its loop, in each of which nothing can be written.
    time.sleep(2)
    assert process.poll() is None
    make_room(run.parent)
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    # The first task found no room for what it had to say; the next is not drawn into it.
    assert states(run) == ["failed", "done"]
    said, _ = supervise(run).communicate(timeout=PATIENCE_S)
    assert states(run) == ["done", "done"], said
