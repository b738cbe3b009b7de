"""What goes wrong on a cluster, with a real one: the run ends done with valid weights, or in a
state with the true reason."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time

import pytest

from tests.slurm.followed_run import training_run
from trainer.contract.run_folder import read_run, read_status

NODE = os.uname().nodename
LONG = 400


def training(record: dict) -> bool:
    return record["state"] == "running" and record["phase"].startswith("Training")


def test_cancelled_by_scancel_outside_the_program(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=LONG)
    run.start()
    job = run.wait(training)["job"]
    slurm.ask("scancel", job)
    record = run.wait(lambda r: r["queue_state"] == "ended")
    assert record["state"] == "cancelled"
    assert "scancel" in record["message"]
    assert "checkpoint" in record["message"]
    # Put back in line it goes on from its checkpoint, until it is stopped from here.
    run.verb("requeue", "--task", "residual/fold_0")
    assert run.wait(training)["job"] != job
    run.verb("cancel")
    record = run.wait(lambda r: r["state"] == "cancelled")
    assert "scancel" not in record["message"]
    assert slurm.ask("squeue", "-h") == ""


def test_a_node_drained_and_back(slurm, data, tmp_path):
    slurm.ask("scontrol", "update", f"NodeName={NODE}", "State=DRAIN", "Reason=test")
    run = training_run(tmp_path / "run", data)
    run.start()
    record = run.wait(lambda r: "drained" in r["queue_reason"], 60)
    assert record["state"] == "waiting"
    assert record["message"] == record["queue_reason"]
    slurm.ask("scontrol", "update", f"NodeName={NODE}", "State=RESUME")
    run.ended_well()


def test_requeued_by_the_cluster(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=3, steps=3)
    run.start()
    job = run.wait(training)["job"]
    slurm.ask("scontrol", "requeue", job)
    record = run.wait(lambda r: r["queue_state"] == "pending")
    assert record["state"] == "waiting"
    run.wait(lambda r: "put back in line" in r["queue_reason"], 60)
    slurm.begin_now(job)
    run.ended_well()
    assert run.one()["job"] == job


def test_the_controller_killed_one_second_after_the_submit(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data)
    run.start()
    time.sleep(1)
    slurm.kill_controller()
    record = run.one()
    assert record["queue_state"] == "unknown"
    assert "does not answer" in record["queue_reason"]
    assert record["state"] != "failed"
    slurm.start_controller()
    seen: list[dict] = []
    record = run.wait(lambda r: r["state"] in ("done", "failed") or stuck(r), 400, seen)
    if record["state"] == "failed":
        # The controller had not yet written the job down: the queue knows nothing of it.
        assert "does not know it any more" in record["message"]
        run.verb("requeue", "--task", "residual/fold_0")
    elif stuck(record):
        # Its start failed for the cluster: held, with this reason, until a person releases it.
        run.verb("resume")
        slurm.begin_now(record["job"])
    run.ended_well()


def stuck(record: dict) -> bool:
    return record["queue_state"] == "held" or "put back in line" in record["queue_reason"]


@pytest.mark.timeout(1800)
def test_the_time_limit(slurm, data, tmp_path):
    begun = time.monotonic()
    short = training_run(tmp_path / "short", data, epochs=2, steps=2)
    short.start()
    short.ended_well()
    # A busy computer needs more than a minute before the first step.
    minutes = max(1, math.ceil(2 * (time.monotonic() - begun) / 60))
    seconds = read_status(short.folder, "residual/fold_0").seconds_per_epoch
    # Slurm may send the signal anywhere in the first 30 s of a job of one minute.
    epochs = min(200, max(3, math.ceil((60 * minutes - 20) / seconds)))
    run = training_run(tmp_path / "run", data, epochs=epochs, steps=2)
    whole = training_run(tmp_path / "whole", data, epochs=epochs, steps=2)
    (task,) = (task.argv for task in read_run(whole.folder).tasks)
    unbroken = subprocess.Popen([sys.executable, "-m", "trainer", *task])
    run.start(partition="short" if minutes == 1 else "debug", time_limit=str(minutes))
    put_back = 0
    while True:
        record = run.wait(
            lambda r: r["state"] in ("done", "failed") or "put back" in r["queue_reason"], 900
        )
        if record["state"] == "done":
            break
        put_back += 1
        assert record["state"] == "waiting"
        slurm.begin_now(record["job"])
        run.wait(lambda r: "put back" not in r["queue_reason"])
    assert put_back >= 1
    assert unbroken.wait(900) == 0
    for mine, theirs in zip(run.weights(), whole.weights(), strict=True):
        assert mine.read_bytes() == theirs.read_bytes()


def test_a_time_limit_too_short_for_any_progress_ends_with_the_reason(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=LONG)
    run.start()
    begun = run.folder / "residual" / "fold_0" / "process.json"
    for attempt in (1, 2, 3):
        slurm.wait(begun.exists, "the task does not begin")
        job = run.one()["job"]
        # The signal that comes before the time limit, while the task still starts.
        slurm.ask("scancel", "--batch", "--signal=USR1", job)
        if attempt < 3:
            run.wait(lambda r: "put back in line" in r["queue_reason"], 60)
            slurm.begin_now(job)
    record = run.wait(lambda r: r["queue_state"] == "ended", 60)
    assert record["state"] == "failed"
    assert "3 times in a row" in record["message"]
    assert "longer time limit" in record["error"]["advice"]
    run.verb("requeue", "--task", "residual/fold_0")
    run.wait(training)
    run.verb("cancel")
    run.wait(lambda r: r["state"] == "cancelled")


def test_a_job_that_is_held(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data)
    run.start(extra_lines=["#SBATCH --hold"])
    record = run.wait(lambda r: r["queue_state"] == "held", 60)
    assert (record["state"], record["queue_reason"].split(";")[0]) == (
        "waiting",
        "held by its owner",
    )
    run.verb("resume")
    run.ended_well()


def test_paused_it_leaves_the_node_and_goes_on_later(slurm, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=3, steps=3)
    run.start()
    run.wait(training)
    run.verb("pause")
    record = run.wait(lambda r: r["queue_state"] == "held")
    assert record["state"] == "waiting"
    assert slurm.ask("squeue", "-h", "-t", "running") == ""
    run.verb("resume")
    slurm.begin_now(record["job"])
    run.ended_well()
