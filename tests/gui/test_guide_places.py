"""F1 on a page in the centre, and with a sheet over the window."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from kitsdesk.project.place_facts import PredictAllFacts
from kitsdesk.ui.actions.action_ids import ActionId as Id

pytestmark = pytest.mark.gui


def press_f1(desk, qtbot):
    """Press F1 in the window and return the guide once it has its pages."""
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window, 5000)
    desk.window.setFocus()
    QTest.keyClick(desk.window, Qt.Key.Key_F1)
    guide = desk.guide.window
    qtbot.waitUntil(lambda: len(guide.entries()) > 1 and not desk.desk.pool.busy, timeout=20000)
    return guide


def heading_in_sight(guide) -> str:
    """Return the words at the top of what the reader shows."""
    return guide.reader.cursorForPosition(guide.reader.viewport().rect().topLeft()).block().text()


def test_f1_on_the_runs_tells_how_to_follow_them(desk, qtbot):
    desk.window.side.show_tab("review")
    desk.window.run_action(Id.RUNS)
    guide = press_f1(desk, qtbot)
    assert guide._page == "cluster"
    qtbot.waitUntil(lambda: "Following the runs" in heading_in_sight(guide), timeout=20000)
    guide.close()


def test_f1_on_the_predict_all_sheet_tells_of_its_parts(desk, qtbot):
    sheet = desk.runs.predict_sheet
    sheet.show_prediction(PredictAllFacts(2000, "residual-2"))
    assert desk.guide.place() == "predict_all"
    guide = press_f1(desk, qtbot)
    assert guide._page == "cluster"
    qtbot.waitUntil(lambda: "Predicting many cases" in heading_in_sight(guide), timeout=20000)
    guide.close()
    sheet.hide()
    assert desk.guide.place() != "predict_all"
