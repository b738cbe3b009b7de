"""What a power cut may not undo: a mask's bytes reach the disk before its name, its name before
the database counts it. Judged from outside by the system calls of a real process that saves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
CASE = "case_00700"
MASK = "r0001.nii.gz"


@pytest.fixture(scope="module")
def shim(tmp_path_factory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "the order of the system calls cannot be seen without a C compiler"
    made = tmp_path_factory.mktemp("shim") / "sync_order.so"
    source = Path(__file__).with_name("sync_order_shim.c")
    build = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"]
    subprocess.run(build, check=True)
    return made


def order_of_calls(shim: Path, log: Path, *arguments: str) -> list[tuple[str, Path]]:
    """Run Python with the shim preloaded; return what it synced and named, in order."""
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "SYNC_ORDER_LOG": str(log),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    subprocess.run([sys.executable, *arguments], env=environment, check=True, timeout=120)
    lines = [line.split(" ", 1) for line in log.read_text().splitlines()]
    return [(what, Path(path)) for what, path in lines]


@pytest.mark.skipif(sys.platform != "linux", reason="preloading is Linux's")
def test_23_a_save_reaches_the_disk_before_the_database_counts_it(shim, one_case_project, tmp_path):
    arguments = ("-m", "tests.faults.saving_process", str(one_case_project), CASE)
    calls = order_of_calls(shim, tmp_path / "calls.txt", *arguments)
    named = next(i for i, (what, path) in enumerate(calls) if what == "named" and path.name == MASK)
    folder = calls[named][1].parent
    bytes_synced = [
        i
        for i, (what, path) in enumerate(calls[:named])
        if what == "synced" and path.parent == folder and path != folder
    ]
    name_synced = calls.index(("synced", folder), named)
    counted = [
        i for i, (what, path) in enumerate(calls) if what == "synced" and "sqlite" in path.name
    ]
    assert bytes_synced, "the bytes were not synced before they got their name"
    assert [i for i in counted if i > name_synced], "no commit after the name was on the disk"
    assert not [i for i in counted if bytes_synced[-1] < i < name_synced], (
        "the database was committed between the mask's bytes and its name"
    )
    with Workspace.open(one_case_project) as workspace:
        newest = Revisions(workspace).newest(CASE)
        assert newest is not None
        assert newest.number == 1
