"""What every test shares: a private home, the real data where it is, and no user's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
