"""A dry run over SSH shows the scripts as they will stand on the other computer.

`ssh` is a program of this name on PATH that runs the line here; a real sshd is in tests/slurm.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from trainer.contract.engine_plan import make_plan
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec
from trainer.engines.outside_program import ProgramRefused
from trainer.engines.remote_run import RemoteRun

ROOT = Path(__file__).resolve().parents[3]
SSH = """#!/bin/sh
while [ "$1" = -o ]; do shift 2; done
shift
TMPDIR={there} exec sh -c "$*"
"""


@pytest.fixture
def remote(tmp_path, monkeypatch):
    """Options of a computer whose temporary files and trainer are its own."""
    there, program = tmp_path / "there", tmp_path / "bin" / "ssh"
    for folder in (there, program.parent):
        folder.mkdir()
    program.write_text(SSH.format(there=shlex.quote(str(there))))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    trainer = f"env PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m trainer"
    return {"host": "login", "folder": "/scratch/me", "trainer": trainer}


@pytest.fixture
def run(tmp_path):
    task = TaskSpec(key="residual/fold_0", argv=("train", str(tmp_path / "data")))
    spec = RunSpec(kind="train", title="t", created="2026-01-01", tasks=(task,))
    write_json(tmp_path / "run" / RUN_FILE, spec)
    return tmp_path / "run"


@pytest.mark.parametrize("shared", [False, True])
def test_the_batch_script_has_the_paths_of_the_other_computer(run, remote, tmp_path, shared):
    plan = make_plan("slurm", {"partition": "gpu"}, remote | {"shared": shared})
    preview = RemoteRun(run, plan).preview()
    there = str(run) if shared else f"/scratch/me{run}"
    (script,) = preview.scripts
    assert str(script.path) == f"{there}/slurm/stage_1.sh"
    assert "#SBATCH --partition=gpu" in script.text
    assert f"run task {there} " in script.text
    assert f"--output={there}/slurm/stage_1-%a.log" in script.text
    assert str(tmp_path / "there") not in script.text
    assert list((tmp_path / "there").iterdir()) == []
    assert preview.commands[-1][-1].endswith(f"run start {there} --here")


def test_what_the_other_computer_cannot_do_is_quoted(run, remote, tmp_path):
    plan = make_plan("slurm", {}, remote | {"trainer": "no-such-trainer"})
    with pytest.raises(ProgramRefused, match="no-such-trainer"):
        RemoteRun(run, plan).preview()
    assert list((tmp_path / "there").iterdir()) == []
