"""The keys over a canvas do what the window's table of keys says, and nothing of napari's."""

from __future__ import annotations

import pytest
from canvas_events import CTRL, drag, overlay
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def active(quad):
    """Keys go to the active window; another test's may have been it."""
    quad.window().activateWindow()
    assert QTest.qWaitForWindowActive(quad.window(), 5000)


def test_holding_c_moves_the_crosshair_in_any_tool(quad, heard):
    quad.set_navigation(False)
    axial = overlay(quad)
    axial.setFocus()
    before = quad.crosshair()
    QTest.keyPress(axial, Qt.Key.Key_C)
    drag(axial, (90, 90), (95, 120))
    QTest.keyRelease(axial, Qt.Key.Key_C)
    assert quad.crosshair() != before
    assert not [event for event in heard["pointer"] if event.kind in ("press", "release")]


def test_single_keys_are_reported_with_the_view_that_has_them(quad, heard):
    sagittal = overlay(quad, "sagittal")
    sagittal.setFocus()
    QTest.keyClick(sagittal, Qt.Key.Key_2)
    QTest.keyClick(sagittal, Qt.Key.Key_Up)
    assert [(key.key, key.view) for key in heard["keyPressed"]] == [
        (Qt.Key.Key_2, "sagittal"),
        (Qt.Key.Key_Up, "sagittal"),
    ]
    assert len(heard["keyReleased"]) == 2


def test_a_hold_ends_when_the_canvases_lose_the_focus(quad, heard, qtbot):
    axial = overlay(quad)
    axial.setFocus()
    QTest.keyPress(axial, Qt.Key.Key_H)
    overlay(quad, "coronal").setFocus()
    QApplication.processEvents()
    assert heard["keyReleased"] == []
    overlay(quad, "coronal").clearFocus()
    QApplication.processEvents()
    assert [key.key for key in heard["keyReleased"]] == [Qt.Key.Key_H]


def test_the_canvas_wins_single_keys_and_the_window_its_shortcuts(quad, heard):
    done = []
    actions = []
    for keys in ("B", "Ctrl+Z", "F1"):
        action = QAction(quad)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked, keys=keys: done.append(keys))
        quad.addAction(action)
        actions.append(action)
    axial = overlay(quad)
    axial.setFocus()
    QApplication.processEvents()
    QTest.keyClick(axial, Qt.Key.Key_B)
    QTest.keyClick(axial, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(axial, Qt.Key.Key_F1)
    for action in actions:
        quad.removeAction(action)
    keys = [key.key for key in heard["keyPressed"] if key.key != Qt.Key.Key_Control]
    assert keys == [Qt.Key.Key_B]
    assert done == ["Ctrl+Z", "F1"]


def test_the_pointer_brings_the_keys_to_its_canvas(quad):
    from PyQt6.QtGui import QEnterEvent

    place = QPointF(40, 40)
    QApplication.sendEvent(overlay(quad, "coronal"), QEnterEvent(place, place, place))
    assert quad.active_view() == "coronal"
    assert overlay(quad, "coronal").hasFocus()
