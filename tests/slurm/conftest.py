"""Starts a real Slurm for these tests and stops it; where that fails, the tests fail."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.slurm.debian_packages import CannotStart
from tests.slurm.loopback_ssh import LoopbackSsh
from tests.slurm.one_node_slurm import OneNodeSlurm
from tests.trainer.conftest import write_blob_cases


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.slurm)


@contextmanager
def serving(server: OneNodeSlurm | LoopbackSsh, name: str) -> Iterator[pytest.MonkeyPatch]:
    """Run a server with its clients' environment; where it cannot be started, the test fails."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            server.start()
        except CannotStart as error:
            server.stop()
            pytest.fail(f"No {name} here: {error}")
        variables = server.environment | {"KITSDESK_ASK_QUEUE_EVERY_S": "0.5"}
        for variable, value in (variables | {"OMP_NUM_THREADS": "1"}).items():
            patch.setenv(variable, value)
        yield patch
        server.stop()


@pytest.fixture(scope="session")
def slurm():
    # A short path: the socket of munge has one of at most 107 letters.
    place = Path(tempfile.mkdtemp(prefix="kd-slurm-"))
    cluster = OneNodeSlurm(place)
    with serving(cluster, "Slurm") as patch:
        print(f"Slurm started ({cluster.run}).", flush=True)
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
        yield cluster
    if not os.environ.get("KITSDESK_KEEP_SLURM"):
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_screen():
    """Nothing is shown, so none is needed; it is read when Qt begins."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="module")
def login():
    """A computer that ssh and rsync reach as "login"; it is this one."""
    place = Path(tempfile.mkdtemp(prefix="kd-ssh-"))
    server = LoopbackSsh(place)
    with serving(server, "sshd"):
        yield server
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_queue(slurm):
    """Each test finds a whole node and an empty queue."""
    yield
    slurm.ask("scancel", "--user=root")
    slurm.ask("scontrol", "update", f"NodeName={os.uname().nodename}", "State=RESUME")
    slurm.wait(lambda: not slurm.ask("squeue", "-h"), "the queue is not empty", 90)


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Five cases that a network can learn, in KiTS layout."""
    return write_blob_cases(tmp_path_factory.mktemp("slurm-data") / "data")
