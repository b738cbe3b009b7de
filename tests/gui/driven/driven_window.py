"""Opening the real window and a project in it, as a person does."""

from __future__ import annotations

from pathlib import Path

from hands import Hand
from PyQt6.QtTest import QTest

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.style import active_style


def open_window() -> WindowDesk:
    active_style().set_theme("dark")
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    host.window.activateWindow()
    QTest.qWaitForWindowActive(host.window, 5000)
    return host


def open_project(host, qtbot, project: Path) -> Hand:
    host.commands.open_path(project)
    qtbot.waitUntil(
        lambda: (
            host.desk.session.workspace is not None
            and host.desk.session.project.folder == project
            and not host.desk.pool.busy
        ),
        timeout=60000,
    )
    return Hand(host, qtbot)
