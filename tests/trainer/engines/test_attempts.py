"""A task whose time on the node is up again and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import PAUSE_FILE, RunSpec, TaskSpec, TaskStatus, read_status
from trainer.engines.attempts import note_attempt
from trainer.engines.task_process import find_process


def write_run(tmp_path, *argv):
    task = TaskSpec(key="p", title="The task", argv=argv or ("predict",))
    run = tmp_path / "run"
    write_json(run / "run.json", RunSpec(kind="predict", title="t", created="x", tasks=(task,)))
    return run, task


def attempt(run, task, phase, units):
    write_json(
        run / "p" / "status.json", TaskStatus(state="waiting", phase=phase, done_units=units)
    )
    return note_attempt(run, task)


def test_three_attempts_in_a_row_without_progress_are_enough(tmp_path):
    run, task = write_run(tmp_path)
    assert attempt(run, task, "case_0: predict", 0.4) is None
    assert attempt(run, task, "case_0: restore", 0.9) is None
    assert attempt(run, task, "case_1: read", 1.0) is None
    assert attempt(run, task, "case_1: read", 1.0) is None
    assert attempt(run, task, "case_1: predict", 1.7) is None
    error = attempt(run, task, "case_1: predict", 1.2)
    assert "3 times in a row before The task" in error.happened
    # Who puts it back in line gives it as many attempts again.
    assert attempt(run, task, "case_1: predict", 1.2) is None
    assert attempt(run, task, "case_3: read", 3.0) is None


def test_a_training_keeps_every_step_but_not_every_start(tmp_path):
    run, task = write_run(tmp_path, "train")
    assert attempt(run, task, "Preparing cases", 3) is None
    for step in range(1, 6):
        assert attempt(run, task, f"Training, epoch {step} of 9", step) is None
    assert attempt(run, task, "Validating, epoch 5 of 9", 5) is None
    assert attempt(run, task, "Validating, epoch 6 of 9", 6) is None
    assert attempt(run, task, "Reading the export", 0) is None
    assert attempt(run, task, "Preparing cases", 3) is None
    assert attempt(run, task, "Training, epoch 6 of 9", 6) is not None


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="Windows has no such signal")
def test_on_a_node_it_ends_with_the_reason(tmp_path):
    run, _task = write_run(tmp_path, "phantom", str(tmp_path / "out"), "--cases", "500")
    codes = []
    for paused in (True, False, False, False):
        mark = run / PAUSE_FILE
        mark.touch() if paused else mark.unlink(missing_ok=True)
        node = subprocess.Popen([sys.executable, "-m", "trainer", "run", "task", run, "p"])
        end = time.monotonic() + 60
        while not find_process(run / "p"):
            assert time.monotonic() < end
            time.sleep(0.02)
        os.kill(node.pid, signal.SIGUSR1)
        codes.append(node.wait(60))
    assert codes == [75, 75, 75, 1]
    status = read_status(run, "p")
    assert status.state == "failed"
    assert "longer time limit" in status.error["advice"]
