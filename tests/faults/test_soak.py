"""Twenty kills at random moments; `make soak` does two hundred, and five of the real window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20


def test_19_twenty_kills_lose_nothing_and_mix_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.soak", "--kills", str(KILLS), "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"{KILLS} tried, {KILLS} as promised" in done.stdout
