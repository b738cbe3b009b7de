from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from local_runs import run_command, states, wait_for, write_run
from tiny_models import tiny_ct, write_ct, write_tiny_model

from kitsdesk.project.run_progress import job_row
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.lease import LeaseTaken
from trainer.contract.queue_state import read_queue
from trainer.contract.run_folder import TaskDone, TaskSpec, TaskStatus, read_status
from trainer.contract.scores import read_scores
from trainer.engines import supervisor, task_process
from trainer.engines.local import LocalEngine
from trainer.engines.processes import is_alive
from trainer.engines.run_status import run_status
from trainer.engines.runner_state import runner_state
from trainer.engines.supervisor import Supervisor
from trainer.engines.task_process import find_process, read_proof
from trainer.imaging.hashing import file_hash


@pytest.fixture
def place(tmp_path):
    """A folder with a model and CTs; what still runs at the end is ended."""
    write_tiny_model(tmp_path / "tiny")
    write_tiny_model(tmp_path / "slow", spacing=(2.0, 1.0, 1.0))
    for number in range(2):
        write_ct(tmp_path / "ct" / f"case_{number}.nii.gz", tiny_ct(number))
    for number in range(2):
        write_ct(tmp_path / "long" / f"case_{number}.nii.gz", tiny_ct(number, (20, 50, 50)))
    yield tmp_path
    for process in (tmp_path / "run").rglob("process.json"):
        os.killpg(read_json(process)["pid"], signal.SIGKILL)
    if runner_state(tmp_path / "run") == "alive":
        os.kill(read_json(tmp_path / "run" / "runner.json")["pid"], signal.SIGKILL)


def task(place, key, *, model="tiny", source="ct", after=()):
    argv = ["predict", "--model", place / model, "--input", place / source, "--device", "cpu"]
    argv += ["--out", place / "predictions" / key, "--layout", "project"]
    argv += ["--run", place / "run", "--task", key]
    return TaskSpec(key=key, argv=tuple(map(str, argv)), after=after)


def test_a_run_goes_through_its_tasks_and_stops_what_depends_on_a_failure(place):
    run = write_run(
        place,
        task(place, "first"),
        TaskSpec(key="bad", argv=("inspect", str(place / "nowhere"))),
        task(place, "after_bad", after=("bad",)),
        TaskSpec(key="plain", argv=("inspect", str(place / "ct" / "case_0.nii.gz"))),
    )
    (started,) = run_command("start", run, "--engine", "local")
    assert os.getsid(started["pid"]) == started["pid"]
    wait_for(lambda: runner_state(run) == "finished")
    records = {record["key"]: record for record in run_command("status", run)}
    assert {key: record["state"] for key, record in records.items()} == {
        "first": "done",
        "bad": "failed",
        "after_bad": "cancelled",
        "plain": "done",
    }
    assert "nowhere" in records["bad"]["error"]["happened"]
    assert "bad" in records["after_bad"]["message"]
    assert read_proof(run / "first").result["predicted"] == 2
    assert "case_0" in (run / "first" / "log.txt").read_text()


def test_kill_minus_9_is_seen_and_resume_finishes_the_rest(place):
    run = write_run(place, task(place, "p", model="slow", source="long"))
    (started,) = run_command("start", run)
    out = place / "predictions" / "p"
    wait_for(lambda: (out / "case_0").exists())
    os.kill(find_process(run / "p"), signal.SIGKILL)
    wait_for(lambda: runner_state(run) == "finished")
    (record,) = run_command("status", run)
    assert record["state"] == "failed"
    assert "signal 9" in record["error"]["happened"]
    first = read_scores(out / "case_0").made
    (started,) = run_command("resume", run)
    process = wait_for(lambda: find_process(run / "p"))
    os.kill(started["pid"], signal.SIGKILL)
    os.killpg(process, signal.SIGKILL)
    wait_for(lambda: not is_alive(process))
    (record,) = run_command("status", run)
    assert (record["state"], record["message"]) == ("failed", "The process died.")
    assert record["runner"] == "gone"
    run_command("resume", run)
    wait_for(lambda: states(run) == {"p": "done"})
    assert read_scores(out / "case_0").made == first
    assert read_scores(out / "case_1") is not None


def test_a_supervisor_is_alone_and_the_next_one_adopts_what_it_left(place):
    run = write_run(place, task(place, "p", model="slow", source="long"))
    (started,) = run_command("start", run)
    (again,) = run_command("start", run)
    assert again["pid"] == started["pid"]
    with pytest.raises(LeaseTaken, match=str(started["pid"])):
        Supervisor(run).supervise()
    process = wait_for(lambda: find_process(run / "p"))
    os.kill(started["pid"], signal.SIGKILL)
    wait_for(lambda: runner_state(run) == "gone")
    assert states(run) == {"p": "running"}
    LocalEngine(EnginePlan()).submit(run)
    assert find_process(run / "p") == process
    wait_for(lambda: states(run) == {"p": "done"})


def test_pause_resume_cancel(place):
    run = write_run(
        place,
        task(place, "p", model="slow", source="long"),
        TaskSpec(key="q", argv=("inspect", str(place / "ct" / "case_0.nii.gz"))),
    )
    engine = LocalEngine(EnginePlan())
    engine.submit(run)
    wait_for(lambda: read_status(run, "p").phase.endswith("predict"))
    engine.pause(run)
    wait_for(lambda: states(run)["p"] == "paused")
    # It has left: its place and its memory are free, and that is no fault.
    wait_for(lambda: find_process(run / "p") is None)
    wait_for(lambda: read_queue(run).tasks["p"].queue_state == "held")
    assert states(run) == {"p": "paused", "q": "waiting"}
    assert job_row(run).tasks[0].state == "paused"
    engine.submit(run)
    wait_for(lambda: states(run)["p"] == "running")
    begun = time.monotonic()
    engine.cancel(run)
    wait_for(lambda: runner_state(run) == "finished")
    assert time.monotonic() - begun < 9
    assert states(run) == {"p": "cancelled", "q": "cancelled"}
    engine.submit(run)
    wait_for(lambda: states(run) == {"p": "done", "q": "done"})


def test_a_task_that_does_not_listen_is_ended_with_its_children(place, monkeypatch):
    monkeypatch.setattr("trainer.engines.running_task.CANCEL_GRACE_S", 0.3)
    monkeypatch.setattr("trainer.engines.running_task.TERMINATE_GRACE_S", 0.3)
    deaf = (
        "import signal,subprocess,sys,time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)'])\n"
        f"open({str(place / 'child')!r},'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(
        task_process,
        "start_trainer",
        lambda argv, log, environment, inherited: subprocess.Popen(
            [sys.executable, "-c", deaf], start_new_session=True, stdin=subprocess.DEVNULL
        ),
    )
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    run = write_run(place, TaskSpec(key="deaf", argv=("x",)))
    worker = supervisor.Supervisor(run)
    monkeypatch.setattr(supervisor, "asked_to_cancel", lambda run, key: (place / "child").exists())
    assert worker.supervise() == {"deaf": "cancelled"}
    child = int((place / "child").read_text())
    wait_for(lambda: not is_alive(child), 5)


def test_a_damaged_result_is_not_done(place):
    run = write_run(place, task(place, "p"))
    made = run / "p" / "predicted.json"
    write_json(made, {"cases": {}})
    proof = TaskDone(finished="now", seconds=1, files={made.name: file_hash(made)})
    write_json(run / "p" / "done.json", proof)
    assert read_proof(run / "p") == proof
    assert LocalEngine(EnginePlan()).preview(run).commands == ()
    made.write_text("{}")
    assert read_proof(run / "p") is None
    assert len(LocalEngine(EnginePlan()).preview(run).commands) == 1


def test_status_of_a_run_that_never_began_does_not_load_torch(place):
    run = write_run(place, task(place, "p"))
    assert run_status(run)[0] | {"runner": "none"} == run_status(run)[0]
    assert TaskStatus.model_validate(
        {key: value for key, value in run_status(run)[0].items() if key in TaskStatus.model_fields}
    ) == TaskStatus(state="waiting")
    code = (
        "import sys; from trainer.__main__ import main\n"
        f"main(['run', 'status', {str(run)!r}])\n"
        "assert not {'torch', 'SimpleITK'} & set(sys.modules), 'too much is loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_probe_and_dry_run(place):
    run = write_run(place, task(place, "p"))
    (probe,) = run_command("probe", run)
    assert probe["cpus"] >= 1
    assert probe["disk_free_gb"] > 0
    assert "gpus" not in probe
    dry = subprocess.run(
        [sys.executable, "-m", "trainer", "run", "start", str(run), "--dry-run"],
        capture_output=True,
        text=True,
        check=True,
    )
    (command,) = json.loads(dry.stdout)["commands"]
    assert command[1:4] == ["-m", "trainer", "predict"]
    assert not (run / "engine.json").exists()
    assert runner_state(run) == "none"
