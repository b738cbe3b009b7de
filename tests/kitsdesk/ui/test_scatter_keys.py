"""The scatter by keys alone: from case to case by suspicion, Enter opens."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from sample_records import case_rows

from kitsdesk.review.suspicion import order_key
from kitsdesk.ui.pages.scatter_page import ScatterPage


def by_suspicion(rows):
    order = sorted(rows, key=lambda r: order_key(r.case, r.suspicion, r.misfit, r.disagreeing_ml))
    return [row.case for row in order]


def test_arrows_go_by_suspicion_and_enter_opens(shown, qtbot):
    page, rows = ScatterPage(), case_rows(40)
    page.set_rows(rows)
    shown(page, 912, 800)
    plot, order = page._plot, by_suspicion(rows)
    assert page.focusWidget() is plot, "the page gives it the keys"
    opened = []
    page.caseChosen.connect(opened.append)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert opened == [], "no case is pointed at yet"
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert page._popover.isVisible()
    assert page._popover._case.text() == order[0]
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert opened == [order[1], order[-1]], "past the first comes the last"
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert not page._popover.isVisible()
