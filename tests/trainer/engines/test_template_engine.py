"""The template engine against a real queue: a shell script that starts jobs in the background."""

from __future__ import annotations

import json
import time
from functools import partial

import pytest
from local_runs import run_command

from trainer.contract.engine_plan import BadEngineOptions, make_plan
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RunSpec, TaskSpec
from trainer.engines.engine_choice import engine_for
from trainer.engines.template_words import state_in, words_of

QUEUE = """#!/bin/bash
# submit SCRIPT LOG | poll JOB | cancel JOB, with the words of LSF
case $1 in
  submit)
    setsid bash "$2" > "$3" 2>&1 < /dev/null &
    echo "Job <$!> is submitted to default queue <normal>." ;;
  poll)
    kill -0 -- -$2 2>/dev/null && echo "$2 root RUN normal node1" || echo "Job <> is not found" ;;
  cancel)
    kill -TERM -- -$2 2>/dev/null; exit 0 ;;
esac
"""


@pytest.fixture
def options(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_ASK_QUEUE_EVERY_S", "0.2")
    queue = tmp_path / "queue.sh"
    queue.write_text(QUEUE)
    queue.chmod(0o755)
    return {
        "submit": f"{queue} submit {{script}} {{log}}",
        "poll": f"{queue} poll {{job}}",
        "cancel": f"{queue} cancel {{job}}",
    }


command = partial(run_command, seconds=120)


def write_run(tmp_path):
    good, bad = ("describe", "--arch", "residual", "--preset", "demo"), ("inspect", "/nowhere")
    tasks = (
        TaskSpec(key="a/one", argv=good),
        TaskSpec(key="a/two", argv=bad),
        TaskSpec(key="b", argv=good, after=("a/one",)),
        TaskSpec(key="c", argv=good, after=("a/two", "b")),
    )
    spec = RunSpec(kind="train", title="t", created="2026-01-01", tasks=tasks)
    write_json(tmp_path / "run" / "run.json", spec)
    return tmp_path / "run"


def wait_for(run, over, seconds=240.0):
    end = time.monotonic() + seconds
    while True:
        records = {record["key"]: record for record in command("status", run)}
        if {key: record["state"] for key, record in records.items()} == over:
            return records
        assert time.monotonic() < end, records
        time.sleep(0.3)


def test_each_task_is_a_job_and_the_next_stage_follows(tmp_path, options):
    run = write_run(tmp_path)
    words = ("--engine", "template", "--options", json.dumps(options))
    (dry,) = command("start", run, *words, "--dry-run")
    assert len(dry["scripts"]) == len(dry["commands"]) == 4
    assert "run task" in dry["scripts"][0]["text"]
    assert not (run / "queue").exists()
    (started,) = command("start", run, *words)
    assert len(started["jobs"]) == 2
    records = wait_for(run, {"a/one": "done", "a/two": "failed", "b": "done", "c": "cancelled"})
    assert "/nowhere" in records["a/two"]["error"]["happened"]
    assert records["c"]["message"] == "Not begun: a/two was not finished."
    assert records["b"]["job"] not in started["jobs"]
    # Put back in line the failed one fails again, as a new job.
    (again,) = command("requeue", run, "--task", "a/two")
    assert len(again["jobs"]) == 1
    records = wait_for(run, {"a/one": "done", "a/two": "failed", "b": "done", "c": "cancelled"})
    assert records["a/two"]["job"] == again["jobs"][0]


def test_a_queue_that_refuses_is_quoted(tmp_path, options):
    run = write_run(tmp_path)
    plan = make_plan("template", options | {"submit": "sh -c 'echo No such queue >&2; exit 3'"})
    with pytest.raises(Exception, match="No such queue"):
        engine_for(plan).submit(run)
    silent = make_plan("template", options | {"submit": "echo submitted"})
    with pytest.raises(Exception, match="no number"):
        engine_for(silent).submit(run)
    missing = make_plan("template", options | {"poll": "no-such-program {job}"})
    found = engine_for(missing).probe(run, gpus=False)
    assert (found["ok"], "no-such-program" in found["reason"]) == (False, True)


def test_unknown_placeholders_and_open_quotes_are_refused(options):
    for line in ("qsub {skript}", "qsub 'x", "qsub {}"):
        with pytest.raises(BadEngineOptions):
            engine_for(make_plan("template", options | {"submit": line}))
    filled = words_of("bsub -J {name} < {script}", job="", script="a b;rm", name="n", log="")
    assert filled == ["bsub", "-J", "n", "<", "a b;rm"]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("", "ended"),
        ("123 anna PEND normal login", "pending"),
        ("123 anna RUN normal login node7", "running"),
        ("123.server job anna 00:00:00 Q workq", "pending"),
        ("123.server job anna 00:10:00 R workq", "running"),
        ("123 0.5 job anna qw 11/28/2026", "pending"),
        ("123 0.5 job anna r 11/28/2026 all.q@node", "running"),
        ("123 anna DONE normal login", "ended"),
    ],
)
def test_the_states_of_lsf_pbs_and_sge(line, state):
    assert state_in(line) == state
