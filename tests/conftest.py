"""What every test shares: a private home, the real data where it is, and no user's files."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from PyQt6 import sip

from kitsdesk.background.garbage_collector import GarbageCollector, collect_what_is_due
from kitsdesk.project.case_sources import discover
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.run_specs import predict_run
from kitsdesk.project.workspace import Workspace
from tests.faults.fault_count import count_faults
from trainer.contract.run_folder import read_run
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
"""The same examples in every run; `--hypothesis-profile=default` draws new ones."""


def pytest_configure(config: pytest.Config) -> None:
    """Count the numbered faults in the process that hears of every test."""
    count_faults(config)


def pytest_runtest_teardown() -> None:
    """Collect garbage here where a window's collector has taken it from Python."""
    if not gc.isenabled():
        collect_what_is_due()


@pytest.fixture(scope="session")
def qapp(qapp):
    """Qt's objects die on the thread of the tests, as in the program: other threads are those
    of the pools and of pytest-xdist."""
    collector = GarbageCollector(qapp)
    yield qapp
    sip.delete(collector)


@pytest.fixture(scope="session", autouse=True)
def private_cache(tmp_path_factory):
    """All tests share one cache, so that a network is converted once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KITSDESK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory, monkeypatch):
    """No test reads or writes the user's own settings, logs or scratch projects."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KITSDESK_HOME", str(home))
    monkeypatch.setenv("NAPARI_CONFIG", str(home / "napari.yaml"))
    return home


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real masks and CTs; skip where it is not at hand."""
    folder = Path(os.environ.get("KITSDESK_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip("no real data: set KITSDESK_REAL_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def predicted(tmp_path_factory) -> Path:
    """Phantoms, a project on them, an untrained two-fold model and its predictions."""
    from tests.trainer.tiny_models import write_tiny_model

    folder = tmp_path_factory.mktemp("gui")
    make_phantom_set(
        PhantomRequest(
            out=folder / "phantoms",
            cases=5,
            seed=5,
            shape=(20, 80, 80),
            spacing=(14.0, 5.0, 5.0),
        )
    )
    write_tiny_model(folder / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    project = folder / "small.kitsdesk"
    with Workspace.create(project, discover(folder / "phantoms")) as workspace:
        Models(workspace).install(folder / "tiny", "tiny")
        Models(workspace).use(("tiny",))
        run = predict_run(workspace, [r.case for r in workspace.cases()], ("tiny",))
    for task in read_run(run).tasks:
        command = [sys.executable, "-m", "trainer", *task.argv]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "2"}
        subprocess.run(command, check=True, timeout=300, env=environment, capture_output=True)
    return project


@pytest.fixture
def project(predicted, tmp_path) -> Path:
    """A copy that a test may change; its images stay where they are."""
    return Path(shutil.copytree(predicted, tmp_path / "copy.kitsdesk"))
