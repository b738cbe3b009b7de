"""Starts a real Slurm for these tests and stops it; where that fails, the tests fail."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.slurm.debian_packages import CannotStart
from tests.slurm.loopback_ssh import LoopbackSsh
from tests.slurm.one_node_slurm import OneNodeSlurm
from tests.trainer.conftest import KITS_DIRECTION, blob_case
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_image, write_mask


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.slurm)


@pytest.fixture(scope="session")
def slurm():
    # A short path: the socket of munge has one of at most 107 letters.
    place = Path(tempfile.mkdtemp(prefix="kd-slurm-"))
    cluster = OneNodeSlurm(place)
    with pytest.MonkeyPatch.context() as patch:
        try:
            cluster.fetch()
            cluster.start()
        except CannotStart as error:
            cluster.stop()
            pytest.fail(f"No Slurm here: {error}")
        print(f"Slurm started ({cluster.run}).", flush=True)
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        patch.setenv("KITSDESK_ASK_QUEUE_EVERY_S", "0.5")
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
        yield cluster
        cluster.stop()
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
    with pytest.MonkeyPatch.context() as patch:
        try:
            server.start()
        except CannotStart as error:
            server.stop()
            pytest.fail(f"No sshd here: {error}")
        for name, value in server.environment.items():
            patch.setenv(name, value)
        patch.setenv("KITSDESK_ASK_QUEUE_EVERY_S", "0.5")
        patch.setenv("OMP_NUM_THREADS", "1")
        yield server
        server.stop()
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
    folder = tmp_path_factory.mktemp("slurm-data") / "data"
    geometry = Geometry((12, 48, 52), (6.0, 3.0, 3.0), (0.0, 0.0, 0.0), KITS_DIRECTION)
    for number in range(5):
        image, mask = blob_case((12, 48, 52), number)
        write_image(folder / f"case_{number:05d}" / "imaging.nii.gz", image, geometry)
        write_mask(folder / f"case_{number:05d}" / "segmentation.nii.gz", mask, geometry)
    return folder
