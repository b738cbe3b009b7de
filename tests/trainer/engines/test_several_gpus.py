"""The local queue with four pretended devices: real processes that only hold a lease."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from trainer.contract.device_lease import LEASES_VARIABLE, device_holder
from trainer.contract.engine_plan import ENGINE_FILE, EnginePlan, LocalOptions
from trainer.contract.jsonfile import write_json
from trainer.contract.queue_state import read_queue
from trainer.contract.run_folder import PAUSE_FILE, RunSpec, TaskSpec
from trainer.engines import supervisor, task_process
from trainer.engines.run_status import run_status
from trainer.engines.task_marks import clear_marks, put_back, set_mark

DEVICES = ("GPU-a", "GPU-b", "GPU-c", "GPU-d")
# Says where it runs, then waits until it is let go.
HOLD = """
import os, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "begun").write_text(os.environ["CUDA_VISIBLE_DEVICES"])
while not (folder / "let_go").exists():
    if (folder / "PAUSE").exists() and os.environ["KITSDESK_LEAVE_TO_PAUSE"] == "1":
        sys.exit(75)
    time.sleep(0.02)
"""


def wait_for(condition, seconds=120.0):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
    return result


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(LEASES_VARIABLE, str(tmp_path / "leases"))
    children = []

    def hold(argv, log, environment, inherited):
        log.parent.mkdir(parents=True, exist_ok=True)
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(log.parent)],
            start_new_session=True,
            env={**os.environ, **environment},
            pass_fds=tuple(inherited),
        )
        children.append(child)
        return child

    monkeypatch.setattr(task_process, "start_trainer", hold)
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    yield tmp_path
    for child in children:
        child.kill()
        child.wait()


class HeldRun:
    """A run of tasks that wait to be let go, supervised in a thread."""

    def __init__(self, folder: Path, tasks: list[TaskSpec], devices=DEVICES) -> None:
        self.folder, self.tasks = folder, tasks
        spec = RunSpec(kind="train", title="t", created="2026-01-01", tasks=tuple(tasks))
        write_json(folder / "run.json", spec)
        write_json(folder / ENGINE_FILE, EnginePlan(options=LocalOptions(gpus=devices)))
        self._thread = threading.Thread(target=supervisor.Supervisor(folder).supervise)
        self._thread.start()

    def running(self) -> dict[str, str]:
        """Return the device of each task that has begun and was not let go."""
        return {
            task.key: (self.folder / task.key / "begun").read_text()
            for task in self.tasks
            if (self.folder / task.key / "begun").exists()
            and not (self.folder / task.key / "let_go").exists()
            and (self.folder / task.key / "begun").read_text()
        }

    def let_go(self, key: str) -> None:
        (self.folder / key / "let_go").touch()
        wait_for(lambda: (self.folder / key / "done.json").exists())

    def end(self) -> None:
        self._thread.join(60)
        assert not self._thread.is_alive()


def folds(count: int) -> list[TaskSpec]:
    return [TaskSpec(key=f"residual/fold_{n}", argv=("train",)) for n in range(count)]


def test_never_two_on_one_and_none_idle_while_work_waits(place):
    run = HeldRun(place / "run", folds(11))
    left = 11
    while left:
        expected = min(4, left)
        running = wait_for(lambda n=expected: len(r := run.running()) >= n and r)
        assert len(set(running.values())) == len(running) == expected
        assert set(running.values()) <= set(DEVICES)
        for key, device in running.items():
            holder = wait_for(lambda d=device: device_holder(d))
            assert (holder["run"], holder["task"]) == (str(run.folder), key)
        if left > 4:
            reasons = {
                entry.queue_reason
                for entry in wait_for(lambda: read_queue(run.folder).tasks).values()
                if entry.queue_state == "pending"
            }
            assert reasons == {"waits for a free GPU"}
        # Each time another device becomes free first.
        freed = sorted(running)[left % expected]
        run.let_go(freed)
        left -= 1
        if left >= 4:
            wait_for(lambda d=running[freed]: d in run.running().values())
    run.end()
    assert {record["state"] for record in run_status(run.folder)} == {"done"}
    assert all(device_holder(device) is None for device in DEVICES)


def test_two_runs_share_the_devices_and_say_who_has_them(place):
    first = HeldRun(place / "first", folds(3))
    wait_for(lambda: len(first.running()) == 3)
    second = HeldRun(place / "second", folds(3))
    wait_for(lambda: len(second.running()) == 1)
    assert not set(first.running().values()) & set(second.running().values())
    waiting = wait_for(
        lambda: [
            entry
            for entry in read_queue(second.folder).tasks.values()
            if entry.queue_state == "pending"
        ]
    )
    assert {entry.queue_reason for entry in waiting} == {"waits for a free GPU"}
    first.let_go("residual/fold_1")
    wait_for(lambda: len(second.running()) == 2)
    for run in (first, second):
        for task in run.tasks:
            wait_for(lambda r=run, t=task: (r.folder / t.key / "begun").exists())
            run.let_go(task.key)
        run.end()


def test_a_device_that_only_others_hold_is_named(place):
    first = HeldRun(place / "first", folds(1), devices=("GPU-a",))
    wait_for(lambda: len(first.running()) == 1)
    second = HeldRun(place / "second", folds(1), devices=("GPU-a",))
    wait_for(
        lambda: [
            entry.queue_reason
            for entry in read_queue(second.folder).tasks.values()
            if entry.queue_reason == "waits for a free GPU: in use by first"
        ]
    )
    for run in (first, second):
        wait_for(lambda r=run: r.running())
        run.let_go("residual/fold_0")
        run.end()


def test_a_paused_task_gives_its_device_to_others(place):
    first = HeldRun(place / "first", folds(1), devices=("GPU-a",))
    (key,) = wait_for(first.running)
    second = HeldRun(place / "second", folds(1), devices=("GPU-a",))
    set_mark(first.folder, key, PAUSE_FILE)
    wait_for(second.running)
    entry = wait_for(lambda: held(first.folder, key))
    assert entry.queue_reason == "paused; resume lets it go on"
    assert Path(device_holder("GPU-a")["run"]) == second.folder
    (first.folder / key / "begun").unlink()
    clear_marks(first.folder, key)
    second.let_go(key)
    assert wait_for(first.running) == {key: "GPU-a"}
    first.let_go(key)
    for run in (first, second):
        run.end()
        assert [record["state"] for record in run_status(run.folder)] == ["done"]


def held(run: Path, key: str):
    entry = read_queue(run).tasks[key]
    return entry if entry.queue_state == "held" else None


def test_what_needs_no_gpu_takes_none(place):
    tasks = [
        *folds(1),
        TaskSpec(key="table", argv=("crossval",)),
        TaskSpec(key="c", argv=("compare",)),
    ]
    run = HeldRun(place / "run", tasks, devices=("GPU-a",))
    begun = lambda: [t.key for t in tasks if (run.folder / t.key / "begun").exists()]  # noqa: E731
    wait_for(lambda: len(begun()) == 2)
    assert begun() == ["residual/fold_0", "table"]
    assert run.running() == {"residual/fold_0": "GPU-a"}
    for task in tasks:
        wait_for(lambda t=task: (run.folder / t.key / "begun").exists())
        run.let_go(task.key)
    run.end()


def test_a_failed_task_put_back_while_others_run_goes_on(place):
    run = HeldRun(place / "run", folds(2), devices=("GPU-a", "GPU-b"))
    wait_for(lambda: len(run.running()) == 2)
    pid = read_queue(run.folder).tasks["residual/fold_0"].job
    os.kill(int(pid), 9)
    status = lambda: {r["key"]: r["state"] for r in run_status(run.folder)}  # noqa: E731
    wait_for(lambda: status()["residual/fold_0"] == "failed")
    (run.folder / "residual" / "fold_0" / "begun").unlink()
    put_back(run.folder, "residual/fold_0")
    wait_for(lambda: len(run.running()) == 2)
    for task in run.tasks:
        run.let_go(task.key)
    run.end()
    assert set(status().values()) == {"done"}
