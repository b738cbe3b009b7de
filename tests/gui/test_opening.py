"""The window is there before its libraries; closed while they load, it stays closed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from kitsdesk.background.settings import Settings
from kitsdesk.compose.opening import Opening, placed_window
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.style import active_style

HEAVY = ("scipy", "SimpleITK", "pydicom", "napari", "vispy", "skimage", "torch")
_ASK = """
import json, sys
import kitsdesk.app, kitsdesk.compose.opening
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


@pytest.fixture
def opening(qapp):
    """The window of fresh settings; `built` and `begun` count what came behind it."""
    built, begun = [], []
    settings = Settings(author="tester")

    def build(window):
        # Until the desk is there the window says so and takes no command.
        built.append((window.isVisible(), window.isEnabled(), window.centre.empty.title()))
        return WindowDesk(active_style(), settings, lambda folder: iter(()), window)

    opening = Opening(placed_window(settings), build, begun.append)
    opening.built, opening.begun = built, begun
    yield opening
    if opening.host is not None:
        opening.host.close()
    else:
        # A window that stays would keep the focus from those of other tests.
        opening.window.close()
        opening.window.deleteLater()


def test_the_window_needs_none_of_the_heavy_libraries():
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert "PyQt6" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_it_is_shown_first_and_then_takes_commands(opening, qtbot):
    opening.start()
    assert opening.window.isVisible()
    assert opening.built == []
    qtbot.waitUntil(lambda: bool(opening.begun), timeout=60000)
    assert opening.built == [(True, False, "Starting\u2026")]
    assert opening.begun == [opening.host]
    assert opening.window.isEnabled()
    assert opening.window.centre.empty.title() == "Find the wrong masks first"
    opening.window.activateWindow()
    assert QTest.qWaitForWindowActive(opening.window, 5000)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(opening.window, Qt.Key.Key_P, keys)
    qtbot.waitUntil(opening.window.palette_sheet.isVisible, timeout=5000)


def test_closed_while_it_starts_it_builds_nothing(opening, qtbot):
    opening.start()
    opening.window.close()
    qtbot.wait(300)
    assert (opening.built, opening.begun, opening.host) == ([], [], None)


def test_the_key_that_quits_is_heard_while_it_starts(opening, qtbot):
    opening.start()
    qtbot.waitUntil(opening.window.windowHandle().isExposed, timeout=5000)
    QTest.keyClick(opening.window.windowHandle(), Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier)
    assert opening.window.isVisible()
    QTest.keyClick(opening.window.windowHandle(), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not opening.window.isVisible()
    qtbot.wait(300)
    assert (opening.built, opening.begun, opening.host) == ([], [], None)


def test_a_library_that_does_not_load_is_said_once_in_the_window(opening, qtbot):
    def broken(window):
        raise ImportError("libGL.so.1 is missing")

    opening._build = broken
    with qtbot.captureExceptions() as raised:
        opening.start()
        qtbot.waitUntil(lambda: bool(raised), timeout=60000)
        qtbot.wait(200)
    assert len(raised) == 1
    assert opening.begun == []
