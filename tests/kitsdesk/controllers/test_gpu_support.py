"""Install GPU support… from the question to the end of the job."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from desk_cases import AskedShell

from kitsdesk import __version__
from kitsdesk.background.gpu.gpu_plan import GpuPlan
from kitsdesk.background.gpu.nvidia_cards import Card
from kitsdesk.background.trainer_command import GPU_READY_FILE
from kitsdesk.controllers.gpu_support import JOB, GpuSupport
from kitsdesk.paths import gpu_environment

WAIT_MS = 60_000


class Panel:
    """The Jobs panel's place, remembered."""

    def __init__(self) -> None:
        self.rows, self.dropped, self.cancel = [], [], None

    def show_other(self, row, cancel) -> None:
        self.rows.append(row)
        self.cancel = cancel

    def drop_other(self, job) -> None:
        self.dropped.append(job)


@pytest.fixture
def support(qapp):
    panel, shell = Panel(), AskedShell()
    support = GpuSupport(panel, shell)
    support.panel, support.shell = panel, shell
    yield support
    support.close()


def made_by(code: str) -> GpuPlan:
    return GpuPlan(
        folder=gpu_environment(),
        build="cu130",
        index="",
        make=(sys.executable, "-c", code),
        torch="torch",
        program="kitsdesk",
        constraints=Path("none"),
        cards=(Card("A card", "580.10", 24.0, (8, 9)),),
    )


def test_the_refusal_is_shown_as_a_problem(support, qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    support.open()
    qtbot.waitUntil(lambda: bool(support.shell.problems), timeout=WAIT_MS)
    (problem,) = support.shell.problems
    assert "NVIDIA" in problem.happened
    assert problem.kept
    assert not support.panel.rows


def test_a_failed_installation_ends_its_job_and_says_why(support, qtbot):
    support.install(made_by("raise SystemExit('no room here')"))
    qtbot.waitUntil(lambda: bool(support.shell.problems), timeout=WAIT_MS)
    assert "no room here" in support.shell.problems[0].happened
    assert support.panel.dropped == [JOB]
    assert Path(support.panel.rows[0].log).read_text().endswith("no room here\n")
    assert not gpu_environment().exists()


def test_cancelling_the_job_leaves_nothing(support, qtbot):
    with qtbot.waitSignal(support.changed, timeout=WAIT_MS):
        support.install(made_by("import time; time.sleep(600)"))
        qtbot.waitUntil(lambda: len(support.panel.rows) > 1, timeout=WAIT_MS)
        support.panel.cancel()
    assert support.panel.dropped == [JOB]
    assert "Cancelled" in support.shell.messages[-1]
    assert not gpu_environment().exists()


def test_what_is_installed_is_offered_to_be_removed(support, qtbot):
    folder = gpu_environment()
    folder.mkdir(parents=True)
    facts = {"version": __version__, "torch": "2.13.0+cu130", "gpus": ["NVIDIA H200"]}
    (folder / GPU_READY_FILE).write_text(json.dumps(facts))
    with qtbot.waitSignal(support.changed, timeout=WAIT_MS):
        support.open()
    assert "torch 2.13.0+cu130 for NVIDIA H200" in support.shell.messages[0]
    assert "removed" in support.shell.messages[-1]
    assert not folder.exists()


def test_an_environment_of_an_older_program_is_told(support, qtbot):
    folder = gpu_environment()
    folder.mkdir(parents=True)
    (folder / GPU_READY_FILE).write_text(json.dumps({"version": "0.0.1"}))
    support.tidy()
    qtbot.waitUntil(lambda: bool(support.shell.messages), timeout=WAIT_MS)
    assert "KiTSDesk 0.0.1" in support.shell.messages[0]
    assert (folder / GPU_READY_FILE).is_file()
