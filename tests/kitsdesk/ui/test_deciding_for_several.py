"""The questions of the Review panel name every case that the answer changes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from sample_records import review_facts

from kitsdesk.ui.review_side.decision_buttons import NO_CASE
from kitsdesk.ui.review_side.review_panel import ReviewPanel

CASES = [f"case_{number:05d}" for number in (15, 37, 68, 125, 133)]


@pytest.fixture
def panel(shown):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    return panel


def asked(panel, key):
    panel.begin_decision(key)
    return panel.strip._question.text()


NAMED = "these 5 cases (case_00015, case_00037, case_00068 and 2 more)"


@pytest.mark.parametrize("key", ["replaced", "excluded", "restore"])
def test_the_question_counts_and_names_the_cases(panel, key):
    panel.set_selection(CASES)
    words = asked(panel, key)
    assert NAMED in words
    assert review_facts().case not in words
    panel.set_selection(CASES[:2])
    assert not panel.strip.is_open(), "the question was about other cases"
    assert "these 2 cases (case_00015, case_00037)" in asked(panel, key)


def test_one_selected_case_leaves_the_question_about_the_open_one(panel):
    panel.set_selection([review_facts().case])
    assert f"the mask of {review_facts().case}?" in asked(panel, "replaced")


def test_the_reason_of_the_open_case_is_not_given_to_several(panel, qtbot):
    asked(panel, "replaced")
    assert panel.strip._field.text() == review_facts().disagreements[0].title
    panel.strip.withdraw()
    panel.set_selection(CASES)
    asked(panel, "replaced")
    assert panel.strip._field.text() == ""
    assert not panel.strip.options()["yes"].isEnabled()
    panel.strip._field.setText("labels swapped")
    with qtbot.waitSignal(panel.decided) as signal:
        qtbot.keyClick(panel.strip._field, Qt.Key.Key_Return)
    assert signal.args == ["replaced", "labels swapped"]


def test_another_question_stays_when_the_selection_changes(panel):
    answers = []
    panel.strip.ask("Keep the case without its edits?", "Keep", lambda yes, _t: answers.append(yes))
    panel.set_selection(CASES)
    assert panel.strip.is_open()
    assert answers == []


def test_a_selection_alone_is_decided_on_and_nothing_alone_is_not(shown, qtbot):
    panel = shown(ReviewPanel())
    buttons = panel._buttons
    assert buttons.isHidden()
    panel.set_selection(CASES)
    assert not buttons.isHidden()
    assert panel._nothing.text() == f"{NO_CASE}\nDecisions are for the 5 chosen cases"
    assert not buttons.button("corrected").isEnabled()
    with qtbot.waitSignal(panel.decided) as signal:
        buttons.button("deferred").click()
    assert signal.args == ["deferred", ""]
    assert NAMED in asked(panel, "excluded")
    panel.set_selection([])
    assert buttons.isHidden()
    assert not panel.strip.is_open()
    panel.begin_decision("kept")
    panel.begin_decision("excluded")
    assert not panel.strip.is_open()
