"""A run on another computer over a real sshd; here both are one, with two folders."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.slurm.followed_run import FollowedRun, training_run
from trainer.contract.run_folder import read_run

ROOT = Path(__file__).resolve().parents[2]
TRAINER = f"env OMP_NUM_THREADS=1 PYTHONPATH={ROOT} {sys.executable} -m trainer"


@pytest.fixture(autouse=True)
def empty_queue():
    """Nothing here asks Slurm."""


def start(run: FollowedRun, remote: dict) -> dict:
    return run.verb("start", "--engine", "local", "--remote", json.dumps(remote))[0]


def probe(folder: Path, remote: dict) -> dict:
    command = ["run", "probe", str(folder), "--engine", "local", "--remote", json.dumps(remote)]
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_run_is_copied_there_and_its_results_back(login, data, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(data, here / "data")
    remote = {"host": "login", "folder": str(there), "trainer": TRAINER}
    found = probe(here, remote)
    assert (found["ok"], found["host"]) == (True, "login")
    run = training_run(here / "runs" / "one", here / "data", epochs=2)
    dry = run.verb("start", "--engine", "local", "--remote", json.dumps(remote), "--dry-run")
    assert [command[0] for command in dry[0]["commands"]] == ["rsync", "rsync", "ssh"]
    assert not there.exists() or not any(there.rglob("run.json"))
    start(run, remote)
    # It must not need what lies here any more.
    (here / "data").rename(here / "away")
    copied = Path(f"{there}{run.folder}")
    assert all(
        str(there) in word for word in read_run(copied).tasks[0].argv if word.startswith("/")
    )
    record = run.wait(lambda r: r["state"] in ("done", "failed"))
    assert record["state"] == "done", run.logs()
    run.ended_well()
    (weights,) = run.weights()
    (others,) = copied.glob("model/*.safetensors")
    assert weights.read_bytes() == others.read_bytes()
    assert (run.folder / "residual" / "fold_0" / "metrics.jsonl").exists()
    assert not (run.folder / "residual" / "fold_0" / "checkpoints").exists()


def test_cancelled_and_requeued_from_here_in_a_shared_folder(login, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=400)
    start(run, {"host": "login", "shared": True, "trainer": TRAINER})
    run.wait(lambda r: r["state"] == "running" and r["phase"].startswith("Training"))
    run.verb("cancel", "--task", "residual/fold_0")
    record = run.wait(lambda r: r["state"] == "cancelled")
    assert "checkpoint" in record["message"]
    run.verb("requeue", "--task", "residual/fold_0")
    run.wait(lambda r: r["state"] == "running" and r["phase"].startswith("Training"))
    run.verb("cancel")
    run.wait(lambda r: r["state"] == "cancelled")


def test_a_computer_that_is_not_there_is_said_in_sshs_own_words(login, tmp_path):
    found = probe(tmp_path, {"host": "nowhere.invalid", "folder": "/x", "trainer": TRAINER})
    assert not found["ok"]
    assert "ssh says" in found["reason"]
    missing = probe(tmp_path, {"host": "login", "folder": str(tmp_path), "trainer": "no-trainer"})
    assert not missing["ok"]
    assert "no-trainer" in missing["reason"]


def test_while_it_is_silent_nothing_is_lost(login, data, tmp_path):
    run = training_run(tmp_path / "run", data, epochs=400)
    start(run, {"host": "login", "shared": True, "trainer": TRAINER})
    run.wait(lambda r: r["phase"].startswith("Training"))
    ssh = login.bin / "ssh"
    ssh.rename(ssh.with_name("ssh-away"))
    ssh.write_text("#!/bin/sh\necho 'Connection timed out' >&2\nexit 255\n")
    ssh.chmod(0o755)
    time.sleep(0.6)
    record = run.one()
    assert (record["state"], record["queue_state"]) == ("running", "unknown")
    assert "Connection timed out" in record["queue_reason"]
    ssh.with_name("ssh-away").replace(ssh)
    run.verb("cancel")
    run.wait(lambda r: r["state"] == "cancelled")
