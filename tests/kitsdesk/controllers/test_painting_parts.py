"""Paint: a disagreement is settled by the first edit there, and open again once it is undone."""

from __future__ import annotations

from desk_cases import KIDNEY_AT, MISSING, TUMOR_AT


def settled(desk):
    return [row.settled for row in desk.panels.facts.disagreements]


def stored(desk):
    return list(desk.review.settling.known(MISSING).values())


def test_the_first_edit_inside_the_box_settles_it_and_undo_opens_it_again(desk):
    desk.show(MISSING)
    told = []
    desk.review.settled.connect(lambda _key, state: told.append(state))
    desk.review.paint(0)
    assert told == []
    desk.drag(TUMOR_AT)
    assert (settled(desk), told) == (["painted"], ["painted"])
    assert desk.review.open_disagreements == 0
    desk.drag((TUMOR_AT[0] + 1, *TUMOR_AT[1:]))
    assert told == ["painted"], "one more edit says nothing new"
    desk.editing.undo()
    assert settled(desk) == ["painted"]
    desk.editing.undo()
    assert (settled(desk), told) == ([""], ["painted", ""])
    assert desk.review.open_disagreements == 1
    desk.editing.redo()
    assert (settled(desk), stored(desk)) == (["painted"], ["painted"])


def test_an_edit_elsewhere_settles_nothing(desk):
    desk.show(MISSING)
    desk.review.paint(0)
    desk.drag(KIDNEY_AT)
    assert len(desk.history()) == 1
    assert settled(desk) == [""]


def test_done_and_next_counts_what_was_only_looked_at_with_the_brush(desk):
    desk.show(MISSING)
    desk.review.paint(0)
    desk.decisions.done_and_next()
    assert desk.said.startswith("1 disagreement is still open.")
    assert desk.decision(MISSING) == "unreviewed"


def test_an_edit_without_the_button_settles_nothing(desk):
    desk.show(MISSING)
    desk.paint(TUMOR_AT)
    assert settled(desk) == [""]


def test_undo_of_a_take_after_the_button_is_no_painting(desk):
    desk.show(MISSING)
    desk.review.take(0)
    desk.review.paint(0)
    desk.editing.undo()
    assert settled(desk) == [""]


def test_painting_over_what_was_taken_and_undoing_it_leaves_it_taken(desk):
    desk.show(MISSING)
    desk.review.take(0)
    desk.review.paint(0)
    desk.editing.choose_structure(1)
    desk.drag(TUMOR_AT)
    assert settled(desk) == ["painted"]
    desk.editing.undo()
    assert settled(desk) == ["taken"]


def test_keeping_it_after_the_button_stays_kept_when_more_is_painted(desk):
    desk.show(MISSING)
    desk.review.paint(0)
    desk.review.keep_reference(0)
    desk.paint(TUMOR_AT)
    assert settled(desk) == ["kept"]


def test_painting_undone_after_the_case_was_opened_again_is_open(desk):
    desk.show(MISSING)
    desk.review.paint(0)
    desk.drag(TUMOR_AT)
    desk.session.close_case()
    desk.rest()
    desk.show(MISSING)
    desk.editing.undo()
    desk.review.refresh()
    desk.rest()
    desk.editing.redo()
    desk.editing.undo()
    assert settled(desk) == [""]
