from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from sample_records import review_facts

from kitsdesk.ui.parts.wording import dice_text, duration_text, number_text, signed_text
from kitsdesk.ui.review_side.decision_buttons import availability
from kitsdesk.ui.review_side.review_panel import ReviewPanel
from tests.kitsdesk.ui.painted_texts import painted_texts


def test_nothing_is_filled_until_all_disagreements_are_settled(shown):
    panel = shown(ReviewPanel())
    keys = ("kept", "corrected", "replaced", "excluded", "deferred", "restore")
    panel.set_facts(review_facts())
    assert {panel._buttons.button(k).property("kind") for k in keys} == {"plain"}
    panel.set_facts(review_facts(settled=True))
    assert panel._buttons.button("kept").property("kind") == "primary"


def test_every_sentence_is_read_whole(shown):
    panel = shown(ReviewPanel(), 340, 1000)
    facts = review_facts()
    first, *others = facts.disagreements
    detail = "14.2 ml, 5 of 5 folds, 1 of which had not seen the case, 62 HU against kidney 168"
    panel.set_facts(
        replace(facts, disagreements=(replace(first, detail=detail, sentence=""), *others))
    )
    panel.select_disagreement(0)
    painted = painted_texts(panel)
    assert "kidney 168" in " ".join(painted.drawn)
    assert painted.short == []
    assert painted.cut == []


def test_a_decision_that_needs_a_reason_waits_for_one(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    with qtbot.assertNotEmitted(panel.decided):
        panel._buttons.button("excluded").click()
    strip = panel.strip
    assert strip.is_open()
    assert not strip.options()["yes"].isEnabled()
    strip._field.setText("wrong patient")
    with qtbot.waitSignal(panel.decided) as signal:
        qtbot.keyClick(strip._field, Qt.Key.Key_Return)
    assert signal.args == ["excluded", "wrong patient"]
    assert not strip.is_open()


def test_an_exclusion_says_whether_the_mask_was_wrong(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    panel._buttons.button("excluded").click()
    kinds, yes = panel.strip.kinds(), panel.strip.options()["yes"]
    assert kinds.current() == "Wrong mask"
    assert not yes.isEnabled()
    kinds.button("Duplicate").click()
    assert yes.isEnabled(), "a duplicate needs no more words"
    with qtbot.waitSignal(panel.decided) as signal:
        yes.click()
    assert signal.args == ["excluded", "Duplicate"]
    panel._buttons.button("excluded").click()
    panel.strip.kinds().button("Bad image").click()
    panel.strip._field.setText("motion")
    with qtbot.waitSignal(panel.decided) as signal:
        panel.strip.options()["yes"].click()
    assert signal.args == ["excluded", "Bad image: motion"]
    panel._buttons.button("replaced").click()
    assert panel.strip.kinds() is None


def test_escape_takes_the_question_back(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    panel.begin_decision("replaced")
    with qtbot.assertNotEmitted(panel.decided):
        qtbot.keyClick(panel.strip._no, Qt.Key.Key_Escape)
    assert not panel.strip.is_open()


def test_keep_needs_no_reason(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    with qtbot.waitSignal(panel.decided) as signal:
        panel._buttons.button("kept").click()
    assert signal.args == ["kept", ""]


def test_what_cannot_be_decided_says_why():
    facts = review_facts()
    assert not availability("corrected", facts)[0]
    assert availability("corrected", replace(facts, edited=True))[0]
    assert "no prediction" in availability("replaced", replace(facts, has_prediction=False))[1]
    assert "read-only" in availability("kept", replace(facts, read_only=True))[1]


def test_the_open_disagreement_carries_its_buttons_and_stays_open(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    panel.select_disagreement(1)
    buttons = [b for b in panel._list.findChildren(QPushButton) if b.text() == "Take prediction"]
    with qtbot.waitSignal(panel.takeAsked) as signal:
        buttons[-1].click()
    assert signal.args == [1]
    panel.set_facts(review_facts())
    assert panel.selected_disagreement() == 1


def test_a_fold_is_shown_and_taken_back(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(review_facts())
    chips = panel._folds.findChildren(
        type(panel._folds._rows.itemAt(0).widget().layout().itemAt(0).widget())
    )
    with qtbot.waitSignal(panel.foldChosen) as signal:
        chips[0].click()
    assert signal.args == ["residual-2", 0]
    with qtbot.waitSignal(panel.foldChosen) as signal:
        chips[3].click()
    assert signal.args == ["residual-2", -1]


def test_a_case_without_prediction_offers_to_predict(shown, qtbot):
    panel = shown(ReviewPanel())
    panel.set_facts(replace(review_facts(), has_prediction=False, disagreements=(), folds=()))
    assert panel._missing.isVisible()
    with qtbot.waitSignal(panel.predictAsked):
        panel._missing._predict.click()


def test_it_fits_the_narrowest_panel(shown):
    panel = shown(ReviewPanel(), 360)
    panel.set_facts(review_facts())
    assert panel.minimumSizeHint().width() <= 384


def test_values_in_words():
    assert dice_text(0.9999) == "0.99"
    assert dice_text(1.0) == "1.00"
    assert dice_text(None) == "–"
    assert signed_text(-0.27, 2) == "−0.27"
    assert signed_text(0.0001, 2) == "0.00"
    assert number_text(-600) == "−600"
    assert duration_text(69600) == "19 h 20 min"
    assert duration_text(590400) == "6 d 20 h"
    assert duration_text(40) == "40 s"
