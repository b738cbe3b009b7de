"""The count at the end of a run: a number that has no test fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = Path(__file__).with_name("fault_count.py")
CONFTEST = """
from tests.faults.fault_count import count_faults

def pytest_configure(config):
    count_faults(config)
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def folder(tmp_path) -> Path:
    """tests/faults with one file that tries the numbers 1 to 29, and 30 in a second one."""
    faults = tmp_path / "tests" / "faults"
    faults.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (faults.parent / "conftest.py").write_text(CONFTEST)
    (faults / "fault_count.py").write_text(COUNT.read_text())
    tests = [f"def test_{number}_is_tried():\n    pass\n" for number in range(1, 30)]
    (faults / "test_most.py").write_text("\n".join(tests))
    (faults / "test_last.py").write_text("def test_30_is_tried():\n    pass\n")
    return tmp_path


def test_all_thirty_are_counted(folder):
    done = run(folder)
    assert done.returncode == 0, done.stdout
    assert "30 tried, 30 as promised" in done.stdout


@pytest.mark.parametrize(
    "without",
    ["def test_is_tried():\n    pass\n", "import pytest\ndef test_30_x():\n    pytest.skip()\n"],
    ids=["no test", "skipped"],
)
def test_a_number_that_no_test_tried_fails_the_run(folder, without):
    (folder / "tests" / "faults" / "test_last.py").write_text(without)
    done = run(folder)
    assert done.returncode == 1
    assert "FAILED: no test tried number 30" in done.stdout


def test_processes_that_share_the_tests_are_counted_together(folder):
    done = run(folder, "-p", "xdist", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert "30 tried, 30 as promised" in done.stdout
    (folder / "tests" / "faults" / "test_last.py").write_text("def test_is_tried():\n    pass\n")
    done = run(folder, "-p", "xdist", "-n", "2")
    assert done.returncode == 1
    assert "FAILED: no test tried number 30" in done.stdout


def test_a_part_of_the_folder_may_be_run_alone(folder):
    done = run(folder, "tests/faults/test_last.py")
    assert done.returncode == 0, done.stdout
    assert "1 tried, 1 as promised" in done.stdout
    assert run(folder, "-k", "30").returncode == 0


def test_tests_of_the_slurm_engine_count_too(folder):
    slurm = folder / "tests" / "slurm"
    slurm.mkdir()
    (slurm / "test_slurm_faults.py").write_text("def test_a_node_drained():\n    pass\n")
    (slurm / "test_runs.py").write_text("def test_does_not():\n    pass\n")
    done = run(folder)
    assert "31 tried, 31 as promised" in done.stdout
    assert "27 (2×)" in done.stdout
