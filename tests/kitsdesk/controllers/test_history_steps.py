"""Edits as large as the volume: unpacked in the pool, made in one copy, refused when stale."""

from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, MISSING

from kitsdesk.controllers import history_steps
from kitsdesk.controllers.history_steps import CHANGED, STILL_AT_WORK

EMPTY = (4, 6, 6)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch):
    monkeypatch.setattr(history_steps, "LIGHT_VOXELS", 200)


@pytest.fixture
def case(desk):
    case = desk.show(AGREEING)
    desk.editing.choose_structure(2)
    return case


def test_a_large_edit_is_made_undone_and_redone_in_the_pool(desk, case):
    before = case.mask.copy()
    desk.apply("margin", mm=4.0)
    wide = case.mask.copy()
    assert desk.history() == ["Widen tumor by 4 mm"]
    assert (wide != before).any()
    desk.editing.undo()
    assert np.array_equal(case.mask, wide), "it comes when it is unpacked"
    desk.rest()
    assert np.array_equal(case.mask, before)
    assert desk.said == "Undone: Widen tumor by 4 mm"
    desk.editing.redo()
    desk.rest()
    assert np.array_equal(case.mask, wide)
    assert desk.said == "Redone: Widen tumor by 4 mm"


def test_a_second_step_waits_to_be_asked_again(desk, case):
    desk.apply("margin", mm=4.0)
    desk.editing.undo()
    desk.editing.undo()
    assert desk.said == STILL_AT_WORK
    desk.rest()
    assert case.history.position == 0


def test_an_undo_that_a_stroke_overtakes_is_refused_in_words(desk, case):
    desk.apply("margin", mm=4.0)
    desk.editing.undo()
    desk.paint(EMPTY, mm=3.0)
    painted = case.mask.copy()
    desk.rest()
    assert desk.said == CHANGED
    assert np.array_equal(case.mask, painted)


def test_a_large_edit_of_a_mask_that_changed_meanwhile_is_refused_in_words(desk, case):
    desk.editing.choose_tool("margin")
    desk.operations.run("margin", {"mm": 6.0})
    desk.paint(EMPTY, mm=3.0)
    painted = case.mask.copy()
    desk.rest()
    assert desk.said == CHANGED
    assert np.array_equal(case.mask, painted)
    assert len(desk.history()) == 1


def test_a_jump_goes_through_large_and_small_edits_alike(desk, case):
    states = [case.mask.copy()]
    for number in range(4):
        if number % 2:
            desk.apply("margin", mm=2.0 + number)
        else:
            desk.paint((4, 6 + 3 * number, 6), mm=3.0)
        states.append(case.mask.copy())
    for position in (0, 4, 1, 3, 2, 0):
        desk.editing.go_to(position)
        desk.rest()
        assert case.history.position == position
        assert np.array_equal(case.mask, states[position])


def test_a_step_of_a_case_that_was_left_changes_nothing(desk, case):
    desk.apply("margin", mm=4.0)
    wide = case.mask.copy()
    desk.editing.undo()
    desk.session.close_case()
    desk.rest()
    desk.show(MISSING)
    again = desk.show(AGREEING)
    assert np.array_equal(again.mask, wide)
    assert again.history.position == 1
