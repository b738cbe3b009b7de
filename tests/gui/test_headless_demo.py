"""The whole loop once, as a person without a display would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_step_of_the_headless_demo_is_true(tmp_path):
    report = tmp_path / "report.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "kitsdesk", "demo", "--headless", "--report", str(report)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=560, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = {step["step"]: step for step in json.loads(report.read_text())["steps"]}
    assert all(step["ok"] for step in steps.values())
    order = steps["Review by suspicion"]["result"]["order"]
    values = [row["suspicion"] for row in order]
    assert values == sorted(values, reverse=True)
    after = steps["Use the new model"]["result"]
    assert "by mirroring" in after["chips"], "one fold alone had not seen a case"
    assert steps["Compare the models"]["result"]["cases"] >= 1
    assert steps["The source data set is unchanged"]["result"]["files"] == 13
