from __future__ import annotations

import numpy as np
from desk_cases import AGREEING, BARE, MISSING, SEEN, reference_of


def test_keep_records_who_decided(desk):
    desk.show(AGREEING)
    desk.decisions.keep()
    record = desk.session.decisions.current(AGREEING)
    assert (record.decision, record.author) == ("kept", "anna")
    assert desk.said == f"{AGREEING}: kept."
    desk.rest()
    assert desk.project.rows[AGREEING].decision == "kept"


def test_keep_with_edits_asks_and_the_edits_stay(desk):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.shell.answer = False
    desk.decisions.keep()
    assert desk.decision(AGREEING) == "unreviewed"
    desk.shell.answer = True
    desk.decisions.keep()
    assert len(desk.shell.questions) == 2
    assert desk.decision(AGREEING) == "kept"
    assert case.unsaved == 1


def test_save_correction_saves_then_decides(desk):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    ended = []
    desk.decisions.save_correction(lambda: ended.append(True))
    desk.rest()
    assert ended == [True]
    assert case.base.number == 1
    assert desk.decision(AGREEING) == "corrected"


def test_nothing_is_corrected_where_the_mask_equals_its_reference(desk):
    desk.show(AGREEING)
    desk.decisions.save_correction()
    desk.rest()
    assert desk.said == "The mask equals its reference: nothing to correct."
    assert desk.decision(AGREEING) == "unreviewed"


def test_use_prediction_takes_the_held_out_one_and_undo_brings_the_mask_back(desk):
    case = desk.show(MISSING)
    desk.decisions.use_prediction("tumor missing")
    desk.rest()
    assert not desk.shell.questions
    assert np.array_equal(case.mask, case.prediction)
    assert case.base.kind == "replacement"
    assert case.base.note == "tumor missing"
    assert desk.session.decisions.current(MISSING).reason == "tumor missing"
    assert desk.decision(MISSING) == "replaced"
    desk.editing.undo()
    assert np.array_equal(case.mask, reference_of(MISSING))


def test_replacing_without_a_reason_changes_neither_mask_nor_decision(desk):
    case = desk.show(MISSING)
    desk.decisions.use_prediction("  ")
    desk.rest()
    assert "only with a reason" in desk.shell.problems[0].happened
    assert np.array_equal(case.mask, reference_of(MISSING))
    assert desk.decision(MISSING) == "unreviewed"


def test_a_prediction_that_saw_the_case_is_used_only_after_asking(desk):
    case = desk.show(SEEN)
    desk.shell.answer = False
    desk.decisions.use_prediction("kidney cut short")
    desk.rest()
    assert "foreign fold 0, foreign fold 1" in desk.shell.questions[0]
    assert desk.decision(SEEN) == "unreviewed"
    desk.shell.answer = True
    desk.decisions.use_prediction("kidney cut short")
    desk.rest()
    assert desk.decision(SEEN) == "replaced"
    assert np.array_equal(case.mask, case.prediction)


def test_a_case_without_prediction_or_reference(desk):
    desk.show(BARE)
    desk.decisions.use_prediction("better")
    assert desk.said == "This case has no prediction."
    desk.decisions.restore_reference()
    assert desk.said == "This case has no reference to restore."


def test_exclude_needs_a_reason(desk):
    desk.show(MISSING)
    desk.decisions.exclude("")
    assert desk.decision(MISSING) == "unreviewed"
    assert "only with a reason" in desk.shell.problems[0].happened
    desk.decisions.exclude("horseshoe kidney")
    assert desk.decision(MISSING) == "excluded"


def test_decisions_for_several_cases_and_their_undo(desk):
    desk.show(AGREEING)
    desk.cases.selected = [MISSING, SEEN]
    desk.decisions.decide_later()
    assert [desk.decision(c) for c in (AGREEING, MISSING, SEEN)] == [
        "unreviewed",
        "deferred",
        "deferred",
    ]
    assert desk.said == "2 cases: to be decided later."
    desk.decisions.undo_decision()
    assert desk.decision(MISSING) == desk.decision(SEEN) == "unreviewed"
    desk.decisions.undo_decision()
    assert desk.said == "No decision to undo here."


def test_restore_reference_is_a_new_revision_and_the_case_is_unreviewed_again(desk):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.decisions.save_correction()
    desk.rest()
    desk.decisions.restore_reference()
    desk.rest()
    assert np.array_equal(case.mask, reference_of(AGREEING))
    assert (case.base.number, case.base.kind) == (2, "restore")
    assert desk.decision(AGREEING) == "unreviewed"


def test_done_and_next_on_open_disagreements_says_how_many_and_keeps_on_the_second_press(desk):
    desk.show(MISSING)
    desk.decisions.done_and_next()
    assert desk.said == "1 disagreement is still open. Press again to keep the mask."
    assert desk.decision(MISSING) == "unreviewed"
    desk.decisions.done_and_next()
    desk.rest()
    assert desk.decision(MISSING) == "kept"
    assert desk.open_case.case != MISSING


def test_the_first_press_is_forgotten_when_the_case_is_left(desk):
    desk.show(MISSING)
    desk.decisions.done_and_next()
    desk.show(AGREEING)
    desk.show(MISSING)
    desk.decisions.done_and_next()
    assert desk.decision(MISSING) == "unreviewed"


def test_done_and_next_before_the_comparison_is_there_keeps_nothing(desk):
    heard = []

    def press(_case):
        desk.decisions.done_and_next()
        heard.append(desk.said)

    desk.session.caseOpened.connect(press)
    desk.case.open(MISSING)
    desk.qtbot.waitUntil(lambda: bool(heard))
    desk.session.caseOpened.disconnect(press)
    assert "still being compared" in heard[0]
    assert desk.decision(MISSING) == "unreviewed"
    desk.rest()


def test_done_and_next_saves_edits_as_a_correction(desk):
    case = desk.show(MISSING)
    desk.review.take(0)
    desk.decisions.done_and_next()
    desk.rest()
    assert desk.decision(MISSING) == "corrected"
    assert case.base.number == 1
    assert desk.open_case.case != MISSING


def test_decisions_in_a_read_only_project_are_refused(closed):
    closed.start(read_only=True)
    closed.show(AGREEING)
    closed.decisions.keep()
    assert len(closed.shell.problems) == 1
    assert closed.decision(AGREEING) == "unreviewed"
