"""The tests of full and read-only disks once more where nothing may be mounted: under a shim
that is preloaded. It runs everywhere that has a C compiler, so that the shim itself is tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from full_disk import SHIM_ONLY, mounting_works

HERE = Path(__file__).resolve().parent
FILES = (
    "test_full_disk_saves.py",
    "test_full_disk_steps.py",
    "test_full_disk_projects.py",
    "test_writing_faults.py",
)
# Where mounting works, every test ran on a real disk already: two of each kind try the shim.
SAMPLE = "21_a_full_disk_is_said or decision or export or run_that or read_only_folder"


@pytest.mark.skipif(sys.platform != "linux", reason="preloading is Linux's; macOS mounts images")
def test_21_full_disks_are_said_where_nothing_may_be_mounted(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    mounting = mounting_works(tmp_path / "try")
    if compiler is None:
        assert mounting, "full disks cannot be tried here: no mount, and no C compiler"
        pytest.skip("no C compiler; every full disk was tried on a mounted one")
    shim = tmp_path / "full_disk.so"
    source = HERE / "full_disk_shim.c"
    build = [compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(source), "-ldl"]
    subprocess.run(build, check=True)
    chosen = ["-k", SAMPLE] if mounting else ["-k", "disk or full or read_only or space"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
        + [str(HERE / name) for name in FILES],
        cwd=HERE.parents[1],
        env={**os.environ, "LD_PRELOAD": str(shim), SHIM_ONLY: "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout.splitlines()[-1], done.stdout[-500:]
