"""Fixtures of the driven tests: one real window, a fresh project for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from driven_project import make_driven_project
from driven_window import open_project, open_window

from kitsdesk.editing.gates import Gates


@pytest.fixture(scope="session")
def driven_template(tmp_path_factory) -> Path:
    return make_driven_project(tmp_path_factory.mktemp("driven"))


@pytest.fixture(scope="module")
def driven_host(qapp):
    host = open_window()
    yield host
    host.close()


@pytest.fixture
def driven_folder(driven_template, tmp_path) -> Path:
    return Path(shutil.copytree(driven_template, tmp_path / "driven.kitsdesk"))


@pytest.fixture
def hand(driven_host, driven_folder, qtbot):
    """A hand in the window with the fresh project open; tools as at the first start."""
    hand = open_project(driven_host, qtbot, driven_folder)
    editing = driven_host.desk.editing
    yield hand
    qtbot.waitUntil(lambda: not driven_host.desk.pool.busy, timeout=60000)
    editing.choose_tool("navigate")
    editing.set_shape("ball")
    editing.choose_structure(2)
    editing.set_diameter(12.0)
    driven_host.window.tools.set_gates(Gates())
    editing.set_gates(Gates())
    driven_host.desk.session.close_project()
    driven_host.desk.operations.set_parameters("take_prediction", {"mode": "component"})
