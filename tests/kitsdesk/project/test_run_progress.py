from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from kitsdesk.project.fold_curves import CurveReader
from kitsdesk.project.run_progress import job_row
from trainer.contract.engine_plan import make_plan
from trainer.contract.jsonfile import append_line, write_json
from trainer.contract.queue_state import QueueEntry, QueueRecord
from trainer.contract.run_folder import RunnerState, RunSpec, TaskDone, TaskSpec, TaskStatus


@pytest.fixture
def run(tmp_path):
    tasks = (
        TaskSpec(key="residual/fold_0", argv=("train", "X", "--preset", "demo")),
        TaskSpec(key="residual/fold_1", argv=("train", "X", "--preset", "demo", "--epochs", "3")),
        TaskSpec(key="predict", argv=("predict",), after=("residual/fold_0",)),
    )
    spec = RunSpec(kind="train", title="Training · residual", created="2026-01-01", tasks=tasks)
    write_json(tmp_path / "run.json", spec)
    return tmp_path


def supervisor(run, pid):
    host = socket.gethostname()
    write_json(run / "runner.json", RunnerState(pid=pid, host=host, heartbeat=time.time()))


def half_way(run):
    status = TaskStatus(
        state="running", phase="training", done_units=6, total_units=12, eta_s=30, started=1.0
    )
    write_json(run / "residual/fold_1/status.json", status)
    for epoch in range(2):
        append_line(
            run / "residual/fold_1/metrics.jsonl",
            {
                "epoch": epoch,
                "loss": 1.0 - epoch,
                "validation_loss": 0.9,
                "pseudo_dice": {"kidney": 0.5, "tumor": 0.3},
            },
        )
    done = TaskDone(finished="now", seconds=1)
    write_json(run / "residual/fold_0/done.json", done)


def test_a_run_not_started_waits(run):
    row = job_row(run)
    assert row.state == "waiting"
    assert row.fraction == 0


def test_a_live_run_shows_fraction_curves_and_rest(run):
    supervisor(run, os.getpid())
    half_way(run)
    row = job_row(run)
    assert row.state == "running"
    assert row.fraction == pytest.approx(0.5)
    assert row.eta_s == pytest.approx(30)
    assert row.curves[1].loss == (1.0, 0.0)
    assert row.curves[1].pseudo_dice == pytest.approx((0.4, 0.4))
    assert row.curves[0].state == "done"
    assert [curve.epochs_total for curve in row.curves] == [36, 3]


def test_a_dead_supervisor_is_a_failure_that_can_be_retried(run):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    supervisor(run, dead.pid)
    half_way(run)
    row = job_row(run)
    assert row.state == "failed"
    assert row.can_retry
    assert "Retry" in row.error


def test_a_cancelled_run_says_so(run):
    (run / "CANCEL").touch()
    assert job_row(run).state == "cancelled"


def on_slurm(run, **entries):
    write_json(run / "engine.json", make_plan("slurm", {"partition": "gpu"}))
    tasks = {
        key.replace("__", "/"): QueueEntry(since=time.time(), **entry)
        for key, entry in entries.items()
    }
    write_json(run / "queue.json", QueueRecord(engine="slurm", asked=time.time(), tasks=tasks))


def test_a_run_in_a_queue_waits_with_the_queues_reason(run):
    waiting = {"job": "7_0", "queue_state": "pending", "queue_reason": "waits for a free GPU"}
    on_slurm(run, residual__fold_0=waiting, residual__fold_1=waiting | {"job": "7_1"})
    row = job_row(run)
    assert (row.state, row.queued, row.where) == ("waiting", True, "Slurm, gpu")
    assert row.phase == "waits for a free GPU"
    assert [task.job for task in row.tasks] == ["7_0", "7_1", ""]
    assert row.curves[0].waits == "waits for a free GPU"
    assert row.tasks[2].reason == "starts after residual/fold_0"
    assert row.can_cancel
    assert not row.can_retry


def test_a_run_in_a_queue_runs_without_a_process_of_ours(run):
    running = {"job": "7_1", "node": "gpu02", "queue_state": "running"}
    on_slurm(run, residual__fold_1=running)
    half_way(run)
    row = job_row(run)
    assert row.state == "running"
    assert row.tasks[1].place == "gpu02"
    assert row.tasks[1].eta_s == 30
    assert row.fraction == pytest.approx(0.5)


def test_a_task_that_left_the_queue_without_a_result_is_named_and_the_run_failed(run):
    ended = {
        "job": "7_0",
        "queue_state": "ended",
        "queue_reason": "it was killed from outside",
        "end": "FAILED",
    }
    on_slurm(run, residual__fold_0=ended, residual__fold_1=ended | {"job": "7_1"})
    row = job_row(run)
    assert row.state == "failed"
    assert "killed from outside" in row.tasks[0].error
    assert row.tasks[0].error in row.error
    assert row.can_retry


def test_curves_are_read_on_from_where_they_were(run):
    half_way(run)
    reader = CurveReader()
    assert len(job_row(run, reader).curves[1].epoch) == 2
    file = run / "residual/fold_1/metrics.jsonl"
    whole = file.read_text()
    append_line(file, {"epoch": 2, "loss": 0.1, "validation_loss": 0.2, "pseudo_dice": {"k": 0.7}})
    assert job_row(run, reader).curves[1].pseudo_dice == pytest.approx((0.4, 0.4, 0.7))
    file.write_text(whole.splitlines()[0] + "\n")
    assert job_row(run, reader).curves[1].epoch == (0,)


def test_a_task_is_held_by_its_queue_or_by_a_pause_until_it_is_resumed(run):
    write_json(run / "engine.json", make_plan("slurm"))
    held = QueueEntry(job="7_0", queue_state="held", queue_reason="held by its owner")
    waits = QueueEntry(job="7_1", queue_state="pending", queue_reason="waits for a free GPU")
    entries = {"residual/fold_0": held, "residual/fold_1": waits}
    write_json(run / "queue.json", QueueRecord(engine="slurm", tasks=entries))
    assert [task.held for task in job_row(run).tasks] == [True, False, False]
    (run / "predict").mkdir()
    (run / "predict" / "PAUSE").touch()
    assert [task.held for task in job_row(run).tasks] == [True, False, True]
    (run / "PAUSE").touch()
    row = job_row(run)
    assert [task.held for task in row.tasks] == [True, True, True]
    assert row.queued
