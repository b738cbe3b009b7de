"""A time limit is checked before a run waits for ever because of it.

`sbatch` is a program of this name on PATH that refuses as Slurm does; a real Slurm is asked in
tests/slurm/test_time_limits.py.
"""

from __future__ import annotations

import os

import pytest

from trainer.contract.engine_plan import SlurmOptions
from trainer.engines.slurm_time import limit_seconds, time_refused

SHORT = {"name": "short", "time_limit": "1:00", "default": False}
LONG = {"name": "long", "time_limit": "2-00:00:00", "default": True}
PARTITIONS = (SHORT, LONG, {"name": "free", "time_limit": "infinite", "default": False})
SBATCH = """#!/bin/sh
grep -q "$REFUSED_LINE" "$2" || exit 0
echo "sbatch: error: $REFUSAL" >&2
exit 1
"""


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Ask for the refusal of a limit, with an sbatch that refuses scripts with `line` in them."""
    program = tmp_path / "bin" / "sbatch"
    program.parent.mkdir()
    program.write_text(SBATCH)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def ask(line="#none", refusal="", **options):
        monkeypatch.setenv("REFUSED_LINE", line)
        monkeypatch.setenv("REFUSAL", refusal)
        chosen = SlurmOptions(**options)
        whole, minute = tmp_path / "whole.sh", tmp_path / "minute.sh"
        whole.write_text(f"#SBATCH --time={chosen.time_limit}\n")
        minute.write_text("#SBATCH --time=1\n")
        return time_refused(chosen, PARTITIONS, whole, minute)

    return ask


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 5400),
        ("1:30", 90),
        ("08:00:00", 28800),
        ("1-12", 129600),
        ("2-00:30", 174600),
        ("1-00:00:01", 86401),
        ("8h", None),
        ("infinite", None),
    ],
)
def test_a_limit_in_seconds(text, seconds):
    assert limit_seconds(text) == seconds


def test_slurms_own_refusal_of_the_limit_is_quoted(refused):
    said = refused("time=8h", "Invalid --time specification", time_limit="8h")
    assert said == "sbatch says: sbatch: error: Invalid --time specification"


def test_what_a_minute_is_refused_too_is_not_the_limits_doing(refused):
    assert refused("time=", "Requested node configuration", time_limit="10") == ""


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"partition": "short", "time_limit": "2"}, "Partition short would never run it"),
        ({"time_limit": "2-00:00:01"}, "more than its 2-00:00:00"),
        ({"partition": "short", "time_limit": "1"}, ""),
        ({"time_limit": "2-0"}, ""),
        ({"partition": "free", "time_limit": "90-0"}, ""),
        ({"time_limit": "9-0", "extra_lines": ("#SBATCH --qos=long",)}, ""),
        ({"time_limit": "9-0", "extra_lines": ("#SBATCH -p free",)}, ""),
        ({"time_limit": "9-0", "extra_lines": ("#SBATCH --account=q",)}, "Partition long"),
    ],
)
def test_a_limit_longer_than_the_partitions_own(refused, options, named):
    said = refused(**options)
    assert named in said
    assert bool(said) == bool(named)
