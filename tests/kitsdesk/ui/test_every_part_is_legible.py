"""Every panel, page and sheet at every scale: no cut text, no small target, a name and a
visible focus for each control."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("screen", "font"), [("1", "1.0"), ("1", "1.3"), ("1.5", "1.0"), ("2", "1.0")]
)
def test_every_part_can_be_read_and_hit(screen, font):
    """The scale of the screen is read when the application starts: a process for each."""
    environment = {**os.environ, "QT_SCALE_FACTOR": screen, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.kitsdesk.ui.look_at_every_part", font]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr[-2000:]
    assert "looked at 0" not in done.stderr
    assert "looked at" in done.stderr
