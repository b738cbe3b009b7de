"""Cancel, pause and a time limit with the template engine: the queue is a shell script that
lets jobs wait while its gate is shut, and warns them by USR1 as SGE does."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from local_runs import run_command, write_run

from trainer.contract.run_folder import TaskSpec

ROOT = Path(__file__).resolve().parents[3]
QUEUE = """#!/bin/bash
# submit SCRIPT LOG | poll JOB | cancel JOB, with the words of LSF
gate=$(dirname "$0")/shut
case $1 in
  submit)
    setsid bash -c 'while [ -e "$0" ]; do sleep 0.1; done; exec bash "$1"' "$gate" "$2" \\
      >> "$3" 2>&1 < /dev/null &
    echo "Job <$!> is submitted to default queue <normal>." ;;
  poll)
    word=RUN; [ -e "$gate" ] && word=PEND
    kill -0 -- -$2 2>/dev/null && echo "$2 root $word normal" || echo "Job <> is not found" ;;
  cancel)
    kill -TERM -- -$2 2>/dev/null; exit 0 ;;
esac
"""
command = partial(run_command, seconds=240)
FOLD = "residual/fold_0"


@pytest.fixture
def gate(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_ASK_QUEUE_EVERY_S", "0.2")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    queue = tmp_path / "queue" / "queue.sh"
    queue.parent.mkdir()
    queue.write_text(QUEUE)
    queue.chmod(0o755)
    return queue.with_name("shut")


def start(run, gate, **options):
    queue = gate.with_name("queue.sh")
    lines = {"submit": f"{queue} submit {{script}} {{log}}", "poll": f"{queue} poll {{job}}"}
    plan = lines | {"cancel": f"{queue} cancel {{job}}"} | options
    return command("start", run, "--engine", "template", "--options", json.dumps(plan))


def follow(run, over, key=FOLD, seconds=400.0):
    """Look at the run until `over(record)` holds for a task; return its record."""
    end = time.monotonic() + seconds
    while True:
        record = {record["key"]: record for record in command("status", run)}[key]
        if over(record):
            return record
        assert time.monotonic() < end, record
        time.sleep(0.3)


def training(record):
    return record["state"] == "running" and record["phase"].startswith("Training")


def test_what_waits_in_the_queue_is_cancelled_and_says_so(tmp_path, gate):
    gate.touch()
    argv = ("describe", "--arch", "residual", "--preset", "demo")
    run = write_run(
        tmp_path, TaskSpec(key="a", argv=argv), TaskSpec(key="b", argv=argv, after=("a",))
    )
    start(run, gate)
    record = follow(run, lambda r: r["queue_state"] == "pending", "a")
    assert record["state"] == "waiting"
    assert "PEND" in record["queue_reason"]
    command("cancel", run)
    for key in ("a", "b"):
        record = follow(run, lambda r: r["state"] == "cancelled", key)
        assert record["message"] == "Cancelled before it began."
    gate.unlink()
    time.sleep(1)
    assert not (run / "a" / "process.json").exists()
    command("requeue", run)
    follow(run, lambda r: r["state"] == "done", "b")


@pytest.mark.timeout(1500)
def test_time_up_pause_and_cancel_of_a_training(tmp_path, kits_set, gate):
    data = kits_set(tmp_path / "data")
    argv = ("train", str(data), "--run", str(tmp_path / "run"), "--task", FOLD, "--folds", "0")
    argv += ("--preset", "demo", "--device", "cpu", "--epochs", "400", "--steps", "1")
    run = write_run(tmp_path, TaskSpec(key=FOLD, argv=argv))
    calls = tmp_path / "calls"
    wrapper = tmp_path / "trainer.sh"
    wrapper.write_text(f'#!/bin/sh\necho "$2" >> {calls}\nexec {sys.executable} -m trainer "$@"\n')
    wrapper.chmod(0o755)
    start(run, gate, trainer=f"env PYTHONPATH={ROOT} {wrapper}")
    first = follow(run, training)
    gate.touch()
    os.kill(int(first["job"]), signal.SIGUSR1)
    # Its time was up (exit code 75): its own script has put it back in line, as another job.
    second = follow(run, lambda r: r["job"] != first["job"])
    assert (second["state"], second["queue_state"]) == ("waiting", "pending")
    gate.unlink()
    assert follow(run, training)["job"] == second["job"]
    command("pause", run)
    record = follow(run, lambda r: r["queue_state"] == "ended")
    assert record["state"] in ("waiting", "paused")
    assert record["job"] == second["job"]
    command("resume", run)
    third = follow(run, training)
    assert third["job"] not in (first["job"], second["job"])
    assert "going on" in (run / FOLD / "log.txt").read_text() or third["done_units"] > 0
    command("cancel", run)
    record = follow(run, lambda r: r["state"] == "cancelled")
    assert "checkpoint" in record["message"]
    assert calls.read_text().split().count("task") == 3
