"""What a Slurm queue says, or does not say, and what the run's files say: the right state.

Lines as squeue and sacct print them come from programs of these names on PATH; with a real
Slurm the same faults are tried in tests/slurm.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskDone, TaskSpec, TaskStatus
from trainer.engines.run_status import run_status
from trainer.engines.slurm_script import job_name

KEY = "residual/fold_0"
JOB = "1200|1200|0|{state}|{node}|{name}|{start}|{reason}"


class Cluster:
    """A run that was submitted as job 1200, and what the queue's programs print."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.run, self._programs = folder, programs
        task = TaskSpec(key=KEY, argv=("train", "x"), title="residual, fold 0")
        write_json(folder / RUN_FILE, RunSpec(kind="train", title="", created="", tasks=(task,)))
        write_json(folder / "engine.json", {"schema_version": 1, "engine": "slurm", "options": {}})
        (folder / "slurm").mkdir()

    def says(self, program: str, text: str = "", code: int = 0) -> None:
        file = self._programs / program
        file.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
        file.chmod(0o755)

    def queue(self, state: str, reason: str = "None", node: str = "n1", start: str = "N/A") -> None:
        name = job_name(self.run, 1)
        line = JOB.format(state=state, node=node, name=name, start=start, reason=reason)
        self.says("squeue", line)

    def forgets(self) -> None:
        self.says("squeue")

    def task_says(self, state: str, heartbeat: float = 0.0) -> None:
        status = TaskStatus(state=state, host="n1", pid=1, heartbeat=heartbeat or time.time())
        write_json(self.run / KEY / "status.json", status)

    def task_is_done(self) -> None:
        write_json(self.run / KEY / "done.json", TaskDone(finished="", seconds=1.0))

    def look(self) -> dict[str, object]:
        (record,) = run_status(self.run)
        return record


@pytest.fixture
def cluster(tmp_path, monkeypatch) -> Cluster:
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KITSDESK_ASK_QUEUE_EVERY_S", "0.000001")
    made = Cluster(tmp_path / "run", programs)
    made.says("sacct", code=1)
    return made


@pytest.mark.parametrize(
    ("reason", "state", "words"),
    [
        ("JobHeldUser", "held", "held by its owner"),
        ("JobHeldAdmin", "held", "held by an administrator"),
        ("launch failed requeued held", "held", "its start failed"),
        ("Resources", "pending", "waits for a free GPU"),
        ("ReqNodeNotAvail, UnavailableNodes:n1", "pending", "down, drained or reserved"),
        ("BeginTime", "pending", "put back in line"),
    ],
)
def test_27_a_job_that_waits_is_waiting_with_the_true_reason(cluster, reason, state, words):
    cluster.queue("PENDING", reason)
    record = cluster.look()
    assert (record["state"], record["queue_state"]) == ("waiting", state)
    assert words in record["queue_reason"]


@pytest.mark.parametrize("end", ["COMPLETED", "NODE_FAIL", "CANCELLED by 0", "FAILED"])
def test_27_a_task_whose_files_are_done_is_done_whatever_the_queue_says(cluster, end):
    cluster.queue(end)
    cluster.task_says("running")
    cluster.task_is_done()
    assert cluster.look()["state"] == "done"


def test_27_finished_but_unknown_to_squeue_and_no_sacct_is_done_by_its_files(cluster):
    cluster.queue("RUNNING")
    cluster.task_says("running")
    assert cluster.look()["state"] == "running"
    cluster.forgets()
    cluster.task_is_done()
    record = cluster.look()
    assert (record["state"], record["queue_state"]) == ("done", "ended")


@pytest.mark.parametrize(
    ("end", "words"), [("NODE_FAIL", "node failed"), ("OUT_OF_MEMORY", "more memory")]
)
def test_27_a_node_that_failed_is_named(cluster, end, words):
    cluster.queue("RUNNING")
    cluster.task_says("running")
    cluster.look()
    cluster.queue(end)
    record = cluster.look()
    assert record["state"] == "failed"
    assert words in json.dumps(record)


def test_27_scancel_outside_the_program_is_said(cluster):
    cluster.queue("RUNNING")
    cluster.task_says("running")
    cluster.look()
    cluster.queue("CANCELLED")
    record = cluster.look()
    assert record["state"] == "cancelled"
    assert "scancel" in str(record["message"])


def test_27_put_back_in_line_a_running_task_waits(cluster):
    cluster.queue("RUNNING")
    cluster.task_says("running")
    cluster.look()
    cluster.queue("PENDING", "BeginTime", start="2030-01-01T00:00:00")
    record = cluster.look()
    assert (record["state"], record["queue_state"]) == ("waiting", "pending")


@pytest.mark.parametrize("code", [1, 127])
def test_27_a_controller_that_is_down_does_not_fail_a_run(cluster, code):
    cluster.queue("RUNNING")
    cluster.task_says("running")
    cluster.look()
    cluster.says("squeue", "slurm_load_jobs error: Unable to contact slurm controller", code)
    record = cluster.look()
    assert record["queue_state"] == "unknown"
    assert "does not answer" in record["queue_reason"]
    assert record["state"] != "failed"
    cluster.task_is_done()
    assert cluster.look()["state"] == "done"


def test_27_gone_from_the_queue_with_nothing_done_is_a_failure_in_words(cluster):
    cluster.queue("RUNNING")
    cluster.task_says("running", heartbeat=time.time() - 3600)
    cluster.look()
    cluster.forgets()
    assert cluster.look()["state"] == "running", "its files may still be on their way"
    queue = read_json(cluster.run / "queue.json")
    queue["tasks"][KEY]["since"] -= 3600
    write_json(cluster.run / "queue.json", queue)
    record = cluster.look()
    assert record["state"] == "failed"
    assert "ended without a result" in record["error"]["happened"]
    assert record["queue_state"] == "ended"
