"""Where the keys go is seen on every control of every part, dark and light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from kitsdesk.ui.review_side.disagreement_list import DisagreementList
from kitsdesk.ui.tools.history_list import HistoryList

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_control_shows_that_it_has_the_focus(theme):
    """Each kind of control once, as it is seen in its window: at least 24 of its pixels change
    by 3:1, and its size does not."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.kitsdesk.ui.look_at_the_focus", theme]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr[-2000:]
    looked_at = int(done.stderr.rpartition("looked at ")[2].split()[0])
    assert looked_at > 150


def test_enter_goes_to_the_edit_that_the_arrows_reached(shown, qtbot):
    history = shown(HistoryList(), 384, 400)
    history.set_history([("Brush", None), ("Erase", 1), ("Fill holes", None)], 3)
    history._view.setFocus()
    qtbot.keyClick(history._view, Qt.Key.Key_Down)
    qtbot.keyClick(history._view, Qt.Key.Key_Down)
    with qtbot.waitSignal(history.positionChosen) as went:
        qtbot.keyClick(history._view, Qt.Key.Key_Return)
    # Below "Fill holes" are "Saved as r1" and "Erase", both after the second edit.
    assert went.args == [2]


def test_the_arrows_begin_at_the_edit_in_force(shown, qtbot):
    history = shown(HistoryList(), 384, 400)
    history.set_history([("Brush", None), ("Erase", None), ("Fill holes", None)], 1)
    history._view.setFocus()
    qtbot.keyClick(history._view, Qt.Key.Key_Up)
    with qtbot.waitSignal(history.positionChosen) as went:
        qtbot.keyClick(history._view, Qt.Key.Key_Return)
    assert went.args == [2]


def test_enter_opens_the_disagreement_that_the_arrows_reached_and_space_does_not(shown, qtbot):
    from sample_records import review_facts

    listed = shown(DisagreementList(), 384, 400)
    facts = review_facts()
    listed.set_facts(facts)
    listed.select(facts.disagreements[0].index)
    asked = []
    for signal in (listed.takeAsked, listed.keepAsked, listed.paintAsked):
        signal.connect(asked.append)
    listed._view.setFocus()
    qtbot.keyClick(listed._view, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(listed.chosen):
        qtbot.keyClick(listed._view, Qt.Key.Key_Space)
    with qtbot.waitSignal(listed.chosen) as went:
        qtbot.keyClick(listed._view, Qt.Key.Key_Return)
    assert went.args == [facts.disagreements[1].index]
    assert listed.selected() == facts.disagreements[1].index
    assert asked == []
