"""Slurm on another computer, reached over a real sshd, by command."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slurm.followed_run import CPU, training_run
from tests.slurm.test_remote import TRAINER


@pytest.fixture
def remote(slurm, login, tmp_path) -> dict:
    """The options of the computer from which that cluster is used."""
    names = ("PATH", "LD_LIBRARY_PATH", "SLURM_CONF")
    words = [f"{name}={os.environ[name]}" for name in names]
    trainer = TRAINER.replace("env ", f"env {shlex.join(words)} ", 1)
    return {"host": "login", "folder": str(tmp_path / "there"), "trainer": trainer}


def test_a_run_is_queued_there_and_its_results_come_back(remote, data, tmp_path):
    words = ("--engine", "slurm", "--options", json.dumps(CPU), "--remote", json.dumps(remote))
    probe = ["run", "probe", str(tmp_path), *words]
    done = subprocess.run([sys.executable, "-m", "trainer", *probe], capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert (found["ok"], found["shared_folder"], found["host"]) == (True, True, "login")
    assert {entry["name"] for entry in found["partitions"]} == {"debug", "short"}
    run = training_run(tmp_path / "run", data)
    there = Path(f"{remote['folder']}{run.folder}")
    (dry,) = run.verb("start", *words, "--dry-run")
    assert [script["path"] for script in dry["scripts"]] == [str(there / "slurm/stage_1.sh")]
    assert not there.exists()
    (started,) = run.verb("start", *words)
    assert started["host"] == "login"
    (job,) = started["jobs"]
    run.ended_well()
    assert run.one()["job"] == f"{job}_0"
    assert f"run task {there} " in (there / "slurm/stage_1.sh").read_text()
