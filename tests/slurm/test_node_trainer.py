"""The nodes' trainer is not this program: a command of the cluster's own starts it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.slurm.followed_run import training_run
from tests.slurm.test_slurm_runs import probe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def wrapper(tmp_path) -> Path:
    """A script that notes how it was called and becomes the trainer."""
    script = tmp_path / "the cluster's trainer"
    calls = shlex.quote(str(tmp_path / "calls"))
    python = f"env PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)}"
    script.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {python} -m trainer "$@"\n')
    script.chmod(0o755)
    return script


def test_a_job_and_the_probe_use_the_clusters_own_trainer(slurm, data, tmp_path, wrapper):
    command = shlex.quote(str(wrapper))
    found = probe(tmp_path, trainer=command)
    assert (found["ok"], found["reason"]) == (True, "")
    run = training_run(tmp_path / "run", data, epochs=3, steps=3)
    run.start(trainer=command)
    job = run.wait(lambda r: r["state"] == "running" and r["phase"].startswith("Training"))["job"]
    # The warning before the time limit reaches the trainer through the script.
    slurm.ask("scancel", "--batch", "--signal=USR1", job)
    run.wait(lambda r: "put back in line" in r["queue_reason"], 60)
    slurm.begin_now(job)
    run.ended_well()
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[0] == f"run probe {tmp_path} --engine local"
    assert calls[1:] == [f"run task {run.folder} residual/fold_0"] * 2


def test_a_trainer_that_is_not_on_the_node_is_said_by_the_probe(slurm, tmp_path):
    found = probe(tmp_path, trainer="/nowhere/kitsdesk-trainer")
    assert not found["ok"]
    assert "cannot start the trainer" in found["reason"]
    assert "/nowhere/kitsdesk-trainer" in found["reason"]
