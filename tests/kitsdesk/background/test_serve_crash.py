"""The prediction process dies in the middle of its work, for real."""

from __future__ import annotations

import os
import signal

import pytest

from kitsdesk.background import serve_process
from kitsdesk.background.crash_reason import crash_reason
from kitsdesk.background.serve_process import ServeProcess
from tests.trainer.tiny_models import tiny_ct, write_ct, write_tiny_model
from trainer.contract.events import PredictCommand

PATIENCE_MS = 120_000


@pytest.fixture
def serve(qtbot):
    process = ServeProcess()
    yield process
    process.close()


@pytest.fixture
def command(tmp_path):
    """Return a function that makes commands: quick ones, and those named long."""
    write_tiny_model(tmp_path / "tiny")
    write_tiny_model(tmp_path / "slow", spacing=(2.0, 1.0, 1.0))
    images = {
        "tiny": write_ct(tmp_path / "ct.nii.gz", tiny_ct(1)),
        "slow": write_ct(tmp_path / "long.nii.gz", tiny_ct(2, (120, 160, 160))),
    }

    def make(identity):
        model = "slow" if identity.startswith("long") else "tiny"
        return PredictCommand(
            id=identity,
            models=(str(tmp_path / model),),
            case="case_x",
            image=str(images[model]),
            out=str(tmp_path / "predictions" / identity),
        )

    return make


@pytest.fixture
def noted(serve):
    ends = {}
    serve.failed.connect(lambda job, error: ends.setdefault(job, error))
    serve.finished.connect(lambda event: ends.setdefault(event.id, event))
    serve.cancelled.connect(lambda job: ends.setdefault(job, "cancelled"))
    return ends


def until_it_computes(qtbot, serve, identity):
    seen = []
    serve.progressed.connect(lambda event: seen.append((event.id, event.phase, event.done)))
    qtbot.waitUntil(
        lambda: any(i == identity and phase == "predict" and done for i, phase, done in seen),
        timeout=PATIENCE_MS,
    )


@pytest.mark.skipif(os.name == "nt", reason="signals are those of Linux and macOS")
@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGKILL, "was killed from outside (SIGKILL)"), (signal.SIGSEGV, "crashed (SIGSEGV)")],
)
def test_a_crash_is_told_with_its_reason_and_the_next_one_has_a_new_process(
    qtbot, serve, command, noted, tmp_path, number, words
):
    serve.predict(command("long"))
    serve.predict(command("waiting"))
    until_it_computes(qtbot, serve, "long")
    first = serve._process.processId()
    os.kill(first, number)
    qtbot.waitUntil(lambda: "waiting" in noted, timeout=PATIENCE_MS)
    assert words in noted["long"].happened
    if number == signal.SIGSEGV:
        assert "Segmentation fault" in noted["long"].happened
    assert noted["waiting"].folder == str(tmp_path / "predictions" / "waiting")
    assert serve._process.processId() != first
    assert sorted(path.name for path in (tmp_path / "predictions").iterdir()) == ["waiting"]


def test_a_waiting_one_goes_first_and_a_cancelled_one_is_gone_at_once(qtbot, serve, command, noted):
    for name in ("long", "a", "b"):
        serve.predict(command(name))
    until_it_computes(qtbot, serve, "long")
    serve.let_first("b")
    assert serve.running == ("long", "b", "a")
    serve.cancel("long")
    assert noted == {"long": "cancelled"}
    qtbot.waitUntil(lambda: "a" in noted, timeout=PATIENCE_MS)
    assert list(noted) == ["long", "b", "a"]
    assert serve.running == ()


def test_a_process_that_does_not_start_fails_what_waits(qtbot, serve, command, noted, monkeypatch):
    monkeypatch.setattr(serve_process, "trainer_command", lambda: ("/no/such/program", []))
    serve.predict(command("a"))
    qtbot.waitUntil(lambda: "a" in noted, timeout=PATIENCE_MS)
    assert "cannot be started" in noted["a"].happened
    assert serve.running == ()


def test_lack_of_memory_is_named():
    killed = crash_reason(9, crashed=True, said=[], memory_killed=True)
    assert killed.happened.startswith("The prediction process ran out of memory")
    raised = crash_reason(1, crashed=False, said=["MemoryError: 3 GB", ""], memory_killed=False)
    assert raised.happened.startswith("The prediction process ran out of memory")
    windows = crash_reason(-1073741801, crashed=True, said=[], memory_killed=False)
    assert windows.happened.startswith("The prediction process ran out of memory")


def test_the_last_line_on_stderr_is_told():
    said = ["Fatal Python error: Aborted", "", "Thread 0x01 (most recent call first):", "  File x"]
    assert "(SIGABRT): Fatal Python error: Aborted." in (
        crash_reason(6, crashed=True, said=said, memory_killed=False).happened
    )
    plain = crash_reason(3, crashed=False, said=["a", "b."], memory_killed=False)
    assert plain.happened == "The prediction process ended with code 3: b."
