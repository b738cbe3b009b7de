"""Runs of the local engine as the window has them: written, started and followed."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RunSpec
from trainer.engines.run_status import run_status


def run_command(*arguments, seconds=60):
    """Call `kitsdesk-trainer run …` as the window does and return its JSON lines."""
    done = subprocess.run(
        [sys.executable, "-m", "trainer", "run", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait_for(condition, seconds=90.0):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
    return result


def write_run(place, *tasks):
    spec = RunSpec(kind="predict", title="t", created="2026-01-01", tasks=tasks)
    write_json(place / "run" / "run.json", spec)
    return place / "run"


def states(run):
    return {record["key"]: record["state"] for record in run_status(run)}
