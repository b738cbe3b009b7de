"""A prediction that finds the GPU taken: the window says by whom and offers the CPU, or to
pause the run. The process behind it and the lease are real, the GPU is pretended."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest
from desk_cases import DrivenDesk

from kitsdesk.background import serve_process
from kitsdesk.project.run_specs import predict_run
from tests.trainer.lease_holder import LeaseHolder
from tests.trainer.serve_with_pretended_gpu import GPU
from trainer.contract.device_lease import LEASES_VARIABLE
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import PAUSE_FILE, RUNNER_FILE, RunnerState

ROOT = Path(__file__).resolve().parents[3]
SERVE = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.trainer.serve_with_pretended_gpu import main
main()
"""


@pytest.fixture
def desk(qtbot, project, tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(LEASES_VARIABLE, str(tmp_path / "leases"))
    monkeypatch.setattr(serve_process, "trainer_command", lambda: (sys.executable, ["-c", SERVE]))
    driven = DrivenDesk(qtbot, project).start()
    yield driven
    driven.close()


@pytest.fixture
def run(desk) -> Path:
    """A run of the project that is under way."""
    workspace = desk.session.project
    run = predict_run(workspace, cases(desk), desk.session.models.in_use())
    here = RunnerState(pid=os.getpid(), host=socket.gethostname(), heartbeat=time.time())
    write_json(run / RUNNER_FILE, here)
    desk.qtbot.waitUntil(
        lambda: any(r.job == run.name and r.can_pause for r in desk.panels.jobs), timeout=30000
    )
    return run


@pytest.fixture
def holder(desk, run):
    holder = LeaseHolder(GPU, run)
    yield holder
    holder.let_go()


def cases(desk):
    return [record.case for record in desk.session.project.cases()]


def live(desk):
    return next((row for row in desk.panels.jobs if row.kind == "case"), None)


def until_it_waits(desk, case):
    job = desk.jobs.predict_case(case)
    desk.qtbot.waitUntil(lambda: live(desk).can_use_processor, timeout=60000)
    return job


def until_predicted(desk, case):
    desk.qtbot.waitUntil(lambda: live(desk) is None, timeout=120000)
    assert not desk.shell.problems
    assert (desk.session.predictions.folder(case) / "scores.json").exists()


def test_the_cpu_is_offered_and_taken(desk, holder):
    case = cases(desk)[0]
    job = until_it_waits(desk, case)
    row = live(desk)
    assert row.state == "waiting"
    assert row.phase.startswith("waits for the GPU: in use by ")
    desk.jobs.use_processor(job)
    until_predicted(desk, case)


def test_when_the_run_lets_go_the_prediction_goes_on(desk, holder):
    case = cases(desk)[0]
    until_it_waits(desk, case)
    holder.let_go()
    until_predicted(desk, case)


def test_the_run_that_has_the_gpu_can_be_paused(desk, run, holder):
    job = until_it_waits(desk, cases(desk)[0])
    assert live(desk).blocked_by == run.name
    desk.jobs.pause_blocking(job)
    desk.qtbot.waitUntil(lambda: (run / PAUSE_FILE).exists(), timeout=30000)
    desk.jobs.cancel(job)
    assert live(desk) is None


def test_a_stranger_cannot_be_paused(desk, tmp_path):
    stranger = LeaseHolder(GPU, tmp_path / "other.kitsdesk" / "runs" / "theirs")
    try:
        job = until_it_waits(desk, cases(desk)[0])
        assert live(desk).blocked_by == ""
        assert live(desk).phase.endswith("in use by theirs")
        desk.jobs.cancel(job)
    finally:
        stranger.let_go()
