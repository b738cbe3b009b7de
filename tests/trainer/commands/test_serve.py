from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tiny_models import tiny_ct, write_ct, write_tiny_model

from trainer.contract.events import (
    CancelCommand,
    CancelledEvent,
    ErrorEvent,
    FirstCommand,
    PredictCommand,
    ProgressEvent,
    QuitCommand,
    ReadyEvent,
    ResultEvent,
    parse_event,
)
from trainer.contract.scores import read_scores


class Window:
    """The other end of a real `serve` process."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "trainer", "serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.events = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.events.put((time.monotonic(), parse_event(line)))

    def send(self, command):
        self.process.stdin.write(command.line() + "\n")
        self.process.stdin.flush()
        return time.monotonic()

    def until(self, *kinds):
        while True:
            at, event = self.events.get(timeout=60)
            if isinstance(event, kinds):
                return at, event


@pytest.fixture
def window():
    window = Window()
    yield window
    window.process.kill()
    window.process.wait()


@pytest.fixture
def small(tmp_path):
    """Return a function that makes commands for a CT that takes a moment."""
    write_tiny_model(tmp_path / "tiny")
    image = write_ct(tmp_path / "ct.nii.gz", tiny_ct(1))

    def command(identity, **changes):
        values = {
            "id": identity,
            "models": (str(tmp_path / "tiny"),),
            "case": "case_x",
            "image": str(image),
            "out": str(tmp_path / "predictions" / "tiny" / "case_x"),
        }
        return PredictCommand(**(values | changes))

    return command


@pytest.fixture
def long(tmp_path, small):
    """Return the same for a CT of very many tiles."""
    image = write_ct(tmp_path / "long.nii.gz", tiny_ct(2, (120, 160, 160)))
    write_tiny_model(tmp_path / "slow", spacing=(2.0, 1.0, 1.0))

    def command(identity, **changes):
        values = {"models": (str(tmp_path / "slow"),), "image": str(image)}
        return small(identity, **(values | changes))

    return command


def test_predicts_stays_warm_and_reports_errors(window, small, tmp_path):
    assert window.until(ReadyEvent)[1].device
    window.send(small("a"))
    _, result = window.until(ResultEvent, ErrorEvent)
    assert (result.event, result.id) == ("result", "a")
    assert read_scores(tmp_path / "predictions" / "tiny" / "case_x").case == "case_x"
    window.send(small("b", image=str(tmp_path / "gone.nii.gz")))
    _, failed = window.until(ResultEvent, ErrorEvent)
    assert (failed.event, failed.id) == ("error", "b")
    assert "gone.nii.gz" in failed.error["happened"]
    window.process.stdin.write("what?\n")
    assert window.send(small("c", region=(2, 9, 3, 20, 3, 20)))
    assert window.until(ErrorEvent)[1].id == ""
    _, again = window.until(ResultEvent)
    assert again.seconds["load"] < result.seconds["load"] + 0.05
    assert (tmp_path / "predictions" / "tiny" / "case_x" / "region-1.nii.gz").exists()
    window.send(QuitCommand())
    assert window.process.wait(10) == 0


def test_a_cancel_is_answered_within_a_second_and_nothing_is_left(window, long, small, tmp_path):
    window.until(ReadyEvent)
    window.send(long("slow"))
    window.send(long("queued"))
    while window.until(ProgressEvent)[1].phase != "predict":
        pass
    window.send(CancelCommand(id="queued"))
    assert window.until(CancelledEvent)[1].id == "queued"
    sent = window.send(CancelCommand(id="slow"))
    at, event = window.until(CancelledEvent)
    assert event.id == "slow"
    assert at - sent < 1.0
    assert not list((tmp_path / "predictions").rglob("*.nii.gz"))
    window.send(CancelCommand(id="never heard of"))
    assert window.until(CancelledEvent)[1].id == "never heard of"
    window.send(small("next"))
    assert window.until(ResultEvent)[1].id == "next"


def test_the_end_of_its_input_ends_it_during_a_prediction(window, long, tmp_path):
    window.until(ReadyEvent)
    window.send(long("slow"))
    while window.until(ProgressEvent)[1].phase != "predict":
        pass
    window.process.stdin.close()
    begun = time.monotonic()
    assert window.process.wait(10) == 0
    assert time.monotonic() - begun < 3
    assert not list((tmp_path / "predictions").rglob("*"))


def test_one_that_waits_can_be_let_first_and_another_dropped(window, long, small):
    window.until(ReadyEvent)
    window.send(long("slow"))
    for name in ("a", "b", "c"):
        window.send(small(name, out=str(Path(small("x").out).with_name(name))))
    window.send(FirstCommand(id="c"))
    window.send(CancelCommand(id="a"))
    assert window.until(CancelledEvent)[1].id == "a"
    window.send(CancelCommand(id="slow"))
    window.until(CancelledEvent)
    ends = [window.until(ResultEvent, ErrorEvent)[1] for _ in range(2)]
    assert [(end.event, end.id) for end in ends] == [("result", "c"), ("result", "b")]
    assert ends[0].runtimes[0]["precision"] == "f32"


def test_the_wished_runtime_runs_and_the_reason_is_told_where_it_cannot(window, small, tmp_path):
    window.send(small("torch", runtime="torch"))
    assert window.until(ResultEvent)[1].runtimes[0]["runtime"] == "torch"
    window.send(small("auto", out=str(tmp_path / "predictions" / "tiny" / "again")))
    [facts] = window.until(ResultEvent)[1].runtimes
    assert (facts["runtime"], facts["device"], facts["reason"]) == ("openvino", "cpu", "")


def test_it_ends_when_idle():
    window = Window("--idle", "0.2")
    assert window.process.wait(30) == 0
