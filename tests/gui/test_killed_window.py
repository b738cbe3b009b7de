"""kill -9 of the window's process: strokes come back, runs go on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from kitsdesk.project.journal import open_history
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.run_progress import job_row
from kitsdesk.project.workspace import Workspace
from trainer.imaging.hashing import array_hash

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = Path(__file__).resolve().parent / "strokes_then_wait.py"


def start(project: Path, what: str) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(project), what],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def kill_after_line(process: subprocess.Popen) -> str:
    line = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert line, "the process ended before it said anything"
    return line


def test_strokes_of_a_killed_window_come_back_and_can_be_undone(project):
    case, unsaved, digest = kill_after_line(start(project, "strokes")).split()
    assert int(unsaved) == 5
    with Workspace.open(project) as workspace:
        assert not workspace.read_only, "the dead process's lock is taken over"
        mask, base = Revisions(workspace).load(case)
        before = mask.copy()
        history, journal = open_history(workspace.journal_path(case), base.voxels_hash, mask)
        assert history.unsaved == int(unsaved)
        assert array_hash(mask) == digest
        while history.undo() is not None:
            pass
        assert np.array_equal(mask, before)
        journal.close()


def test_a_run_outlives_the_killed_window(project):
    shutil.rmtree(project / "predictions")
    (project / "predictions").mkdir()
    run = Path(kill_after_line(start(project, "run")))
    end = time.monotonic() + 240
    while job_row(run).state not in ("done", "failed") and time.monotonic() < end:
        time.sleep(0.5)
    row = job_row(run)
    assert (row.state, row.error) == ("done", "")
    assert len(list((project / "predictions" / "tiny").glob("*/scores.json"))) == 5
