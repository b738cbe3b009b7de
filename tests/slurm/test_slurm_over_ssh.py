"""Slurm on another computer, reached over a real sshd, by command, and from the desk."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kitsdesk.project.case_sources import discover
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.workspace import Workspace
from tests.slurm.followed_run import CPU, training_run
from tests.slurm.test_desk_on_slurm import MINUTES, SilentDesk, job_of
from tests.slurm.test_remote import TRAINER
from trainer.contract.engine_plan import make_plan
from trainer.contract.model_manifest import read_manifest


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


def test_the_desk_trains_there_and_has_the_model_in_its_project(remote, data, tmp_path, qtbot):
    folder = tmp_path / "small.kitsdesk"
    Workspace.create(folder, discover(data)).close()
    desk = SilentDesk(folder, qtbot)
    plan = make_plan("slurm", CPU, remote)
    choice = RetrainChoice(("residual",), "demo", (0,), False, plan, epochs=1, steps=1)
    desk.desk.training.retrain(choice)
    qtbot.waitUntil(lambda: desk.row() is not None and bool(job_of(desk)), timeout=MINUTES)
    assert desk.row().where == "Slurm, over SSH on login"
    qtbot.waitUntil(lambda: desk.row().state in ("done", "failed", "cancelled"), timeout=MINUTES)
    row = desk.row()
    assert row.state == "done", row.error
    assert [len(curve.epoch) for curve in row.curves] == [1]
    assert not desk.shell.problems
    desk.desk.close()
    assert [entry.fold for entry in read_manifest(folder / "models" / "residual-1").folds] == [0]
    assert len(list((folder / "predictions" / "residual-1").glob("case_*/scores.json"))) == 5
