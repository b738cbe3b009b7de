from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_training_step_is_measured_on_a_small_patch() -> None:
    command = [sys.executable, "-m", "tests.bench.training_step", "--preset", "demo"]
    options = ["--device", "cpu", "--patch", "8", "16", "16", "--steps", "2"]
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])["ours, as it trains"]
    assert 0 < found["step_s"] < 60
    assert found["iteration_s"] > 0
    assert found["memory_gb"] > 0
