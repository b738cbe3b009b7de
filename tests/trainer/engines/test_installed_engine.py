"""An engine of another package: a real distribution, found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.run_folder import RunSpec, TaskSpec

MODULE = '''
import socket
import subprocess

from trainer.contract.programs import trainer_environment, trainer_program
from trainer.contract.queue_state import QueueEntry
from trainer.contract.run_folder import read_run
from trainer.engines.engine import Preview


class AtOnce:
    """Runs every task in the foreground."""

    def __init__(self, plan):
        self._word = plan.options["word"]

    def probe(self, folder, *, gpus):
        return {"ok": True, "reason": "", "word": self._word}

    def _commands(self, run):
        start = [*trainer_program(), "run", "task", str(run)]
        return [(*start, task.key) for task in read_run(run).tasks]

    def preview(self, run):
        return Preview((), tuple(self._commands(run)))

    def submit(self, run):
        for command in self._commands(run):
            subprocess.run(command, env=trainer_environment(), check=False)
        return {"word": self._word}

    def poll(self, run):
        entry = QueueEntry(job="1", node=socket.gethostname(), queue_state="ended")
        return {task.key: entry for task in read_run(run).tasks}

    def pause(self, run, key=""):
        pass

    def cancel(self, run, key=""):
        pass
'''


@pytest.fixture
def command(tmp_path):
    site = tmp_path / "site"
    info = site / "theirs-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[kitsdesk.engines]\nat-once = theirs_engine:AtOnce\nbroken = theirs_engine:Nothing\n"
    )
    (site / "theirs_engine.py").write_text(MODULE)
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "trainer", "run", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "PYTHONPATH": path},
        )

    return call


def test_it_runs_a_run_like_our_own(command, tmp_path):
    task = TaskSpec(key="one", argv=("describe", "--arch", "residual", "--preset", "demo"))
    run = tmp_path / "run"
    write_json(
        run / "run.json", RunSpec(kind="train", title="t", created="2026-01-01", tasks=(task,))
    )
    words = ("--engine", "at-once", "--options", json.dumps({"word": "hello"}))
    found = json.loads(command("probe", run, *words).stdout)
    assert (found["engine"], found["ok"], found["word"]) == ("at-once", True, "hello")
    started = command("start", run, *words)
    assert started.returncode == 0, started.stderr
    assert read_json(run / "engine.json")["options"] == {"word": "hello"}
    record = json.loads(command("status", run).stdout)
    assert (record["state"], record["engine"], record["queue_state"]) == (
        "done",
        "at-once",
        "ended",
    )


def test_one_that_cannot_be_loaded_and_one_that_is_not_there(command, tmp_path):
    broken = command("probe", tmp_path, "--engine", "broken")
    assert broken.returncode == 2
    assert "cannot be loaded" in json.loads(broken.stderr)["error"]["happened"]
    missing = command("probe", tmp_path, "--engine", "mars")
    error = json.loads(missing.stderr)["error"]
    assert missing.returncode == 2
    assert "local, slurm, template, at-once, broken" in error["advice"]
