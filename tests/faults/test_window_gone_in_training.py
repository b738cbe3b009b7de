"""The window crashes while folds train: they go on, it comes back to them, and can stop them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stopped_process import ROOT

from tests.faults.soak import make_project
from trainer.contract.jsonfile import read_lines
from trainer.contract.run_folder import CANCEL_FILE, read_status
from trainer.training.checkpoint import load_checkpoint

SCRIPT = Path(__file__).with_name("training_window.py")
KEY = "residual/fold_0"
PATIENCE_S = 500


def window(project: Path, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(project), what],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.2)


def kill_9(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def epochs(run: Path) -> list[int]:
    return [line["epoch"] for line in read_lines(run / KEY / "metrics.jsonl")[0]]


@pytest.mark.timeout(1500)
def test_26_folds_outlive_a_crashed_window_which_comes_back_to_them(tmp_path):
    project = make_project(tmp_path)
    first = window(project, "start")
    assert first.stdout is not None
    run = Path(first.stdout.readline().strip())
    until(lambda: epochs(run))
    kill_9(first)
    known = len(epochs(run))
    until(lambda: len(epochs(run)) > known + 1)
    trainer = read_status(run, KEY).pid

    second = window(project, "look")
    assert second.stdout is not None
    shown = []
    for line in second.stdout:
        shown.append(json.loads(line))
        if shown[-1]["state"] == "cancelled":
            break
    kill_9(second)
    live = [row for row in shown if row["points"]]
    assert live[0]["state"] == "running"
    assert live[0]["points"] > known, "the curve that it had while no window was there"
    assert live[0]["can_cancel"]
    assert shown[-1]["state"] == "cancelled"
    assert (run / CANCEL_FILE).exists()
    until(lambda: not Path(f"/proc/{trainer}").exists())
    checkpoint = load_checkpoint(run / KEY / "checkpoints")
    assert checkpoint is not None
    assert checkpoint["position"]["epoch"] >= known
    assert epochs(run) == list(range(len(epochs(run)))), "no epoch is lost or told twice"
