"""A project that another process has open: the second reads and says whose it is, a dead one's
lock is retaken. Both are real processes."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kitsdesk.project.store import ReadOnlyProject
from kitsdesk.project.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from kitsdesk.project.workspace import Workspace
with Workspace.open(Path(sys.argv[1])) as workspace:
    print("read-only" if workspace.read_only else "writes", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(project: Path, *, expected: str) -> Iterator[subprocess.Popen[str]]:
    """Have another process open the project and hold it until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == expected
        yield process
    finally:
        process.kill()
        process.communicate()


def files_of(project: Path) -> dict[str, bytes]:
    """What the project holds, less what SQLite keeps while it is open."""
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_24_the_second_process_reads_and_names_the_first(one_case_project):
    with another_process(one_case_project, expected="writes") as first:
        before = files_of(one_case_project)
        with Workspace.open(one_case_project) as second:
            assert second.read_only
            assert second.barrier is not None
            assert f"{getpass.getuser()} on {socket.gethostname()}" in second.barrier.happened
            assert second.barrier.kept == "It is open here read-only."
            assert f"process {first.pid}" in second.holder
            assert [record.case for record in second.cases()] == ["case_00700"]
            with pytest.raises(ReadOnlyProject, match="This project is open read-only"):
                second.store.set_fact("a", "b")
        assert files_of(one_case_project) == before, "looking changes nothing"


def test_24_a_killed_one_is_followed_at_once_and_without_a_question(one_case_project):
    with another_process(one_case_project, expected="writes") as first:
        first.kill()
        first.wait(timeout=60)
        with Workspace.open(one_case_project) as second:
            assert not second.read_only
            second.store.set_fact("a", "b")
            with another_process(one_case_project, expected="read-only"):
                second.store.set_fact("a", "c")
    with Workspace.open(one_case_project) as third:
        assert third.store.fact("a") == "c"
