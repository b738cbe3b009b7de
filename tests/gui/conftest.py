"""One window for the tests of a module, and a way to hear what keys ask for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt6.QtTest import QTest

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.style import active_style


@pytest.fixture(scope="module")
def keyed_host(qapp, predicted, tmp_path_factory):
    """One window for the module, on a copy of the predicted project."""
    copy = Path(shutil.copytree(predicted, tmp_path_factory.mktemp("keys") / "k.kitsdesk"))
    active_style().set_theme("dark")
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    host.window.activateWindow()
    QTest.qWaitForWindowActive(host.window, 5000)
    host.commands.open_path(copy)
    yield host
    host.close()
    active_keys().reset_all()


@pytest.fixture
def host(qapp, project, qtbot):
    """A window of the test's own, on a copy of the predicted project that it may change."""
    active_style().set_theme("dark")
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    host.commands.open_path(project)
    qtbot.waitUntil(lambda: host.desk.session.workspace is not None, timeout=120_000)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=120_000)
    yield host
    host.close()


@pytest.fixture
def desk(keyed_host, qtbot):
    """The window with its first case open and painted, Navigate, four views, no sheet."""
    host = keyed_host
    qtbot.waitUntil(lambda: host.desk.session.workspace is not None, timeout=30000)
    first = host.desk.session.project.cases()[0].case
    host.open_case_at(first)
    qtbot.waitUntil(
        lambda: host.desk.session.case is not None and host.desk.session.case.case == first,
        timeout=30000,
    )
    qtbot.waitUntil(lambda: not host.desk.pool.busy and host.canvas.is_painted(), timeout=30000)
    host.canvas.set_layout("quad")
    host.desk.editing.choose_tool("navigate")
    host.window.cases.head.field.clear_all()
    yield host
    host.window.cases.head.field.clear_all()
    for sheet in (host.window.palette_sheet, host.window.keys, host.window.settings):
        sheet.hide()
    if host.window.registry.is_checked(Id.FLICKER):
        host.window.run_action(Id.FLICKER)
    host.window.show_views()


@pytest.fixture
def asked(desk):
    """What was asked for, without doing it: each effect has a test of its own."""
    said: list[Id] = []
    registry = desk.window.registry
    registry.triggered.disconnect()
    registry.triggered.connect(said.append)
    checked = {action: registry.is_checked(action) for action in Id}
    yield said
    registry.triggered.disconnect()
    registry.triggered.connect(desk.window._triggered)
    for action, on in checked.items():
        registry.set_checked(action, on)
