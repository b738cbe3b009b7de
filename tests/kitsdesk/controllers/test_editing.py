from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, KIDNEY_AT, MISSING, TUMOR_AT

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.patch import Patch

EMPTY = (4, 6, 6)


@pytest.fixture
def case(desk):
    return desk.show(AGREEING)


def test_a_stroke_is_one_named_edit_that_undo_and_redo_move(desk, case):
    before = case.mask.copy()
    desk.paint(EMPTY, (4, 6, 10), (4, 6, 14))
    painted = case.mask.copy()
    assert desk.history() == ["Paint tumor, 9 mm"]
    assert painted[4, 6, 6] == painted[4, 6, 14] == 2
    assert desk.panels.history == [("Paint tumor, 9 mm", None)]
    desk.editing.undo()
    assert desk.said == "Undone: Paint tumor, 9 mm"
    assert np.array_equal(case.mask, before)
    desk.editing.redo()
    assert np.array_equal(case.mask, painted)
    desk.editing.go_to(0)
    assert np.array_equal(case.mask, before)
    desk.editing.undo()
    assert desk.said == "Nothing to undo."


def test_a_disc_stays_on_its_slice_and_a_ball_does_not(desk, case):
    desk.editing.set_shape("disc")
    desk.paint(EMPTY, mm=16.0)
    assert not (case.mask[3] == 2).any()
    desk.editing.set_shape("ball")
    desk.paint(EMPTY, mm=16.0)
    assert (case.mask[3] == 2).any()


def test_the_eraser_takes_everything_and_ctrl_only_the_active_structure(desk, case):
    desk.editing.choose_structure(2)
    desk.editing.choose_tool("eraser")
    desk.editing.set_diameter(40.0)
    kidney, tumor = np.count_nonzero(case.mask == 1), np.count_nonzero(case.mask == 2)
    desk.drag(TUMOR_AT, modifiers=("ctrl",))
    assert np.count_nonzero(case.mask == 1) == kidney
    assert np.count_nonzero(case.mask == 2) == 0
    assert desk.history() == ["Erase tumor, 40 mm"]
    desk.editing.undo()
    desk.drag(TUMOR_AT)
    assert np.count_nonzero(case.mask == 1) < kidney
    assert np.count_nonzero(case.mask == 2) < tumor
    assert desk.history() == ["Erase, 40 mm"]


def test_ctrl_makes_the_brush_erase_the_active_structure(desk, case):
    kidney = np.count_nonzero(case.mask == 1)
    desk.paint(TUMOR_AT, mm=40.0, modifiers=("ctrl",))
    assert not (case.mask == 2).any()
    assert np.count_nonzero(case.mask == 1) == kidney


def test_shift_click_picks_the_structure_and_paints_nothing(desk, case):
    desk.editing.choose_tool("brush")
    desk.drag(KIDNEY_AT, modifiers=("shift",))
    assert desk.editing.structure == 1
    assert desk.history() == []


def test_the_gate_that_held_a_stroke_back_is_named(desk, case):
    before = case.mask.copy()
    desk.editing.lock(1, True)
    desk.paint(KIDNEY_AT, mm=4.0)
    assert desk.said == "Kidney locked: part of the stroke was held back."
    assert np.array_equal(case.mask, before)
    desk.editing.lock(1, False)
    desk.editing.set_gates(Gates(hu_range=(100.0, 300.0)))
    desk.paint(EMPTY)
    assert desk.said == "Only from 100 to 300 HU: part of the stroke was held back."
    assert np.array_equal(case.mask, before)


def test_the_vote_gate_reads_the_folds_of_each_case_by_itself(desk, case):
    desk.editing.choose_structure(2)
    desk.editing.set_gates(Gates(votes_at_least=4))
    desk.rest()
    desk.paint(EMPTY)
    assert desk.said == "Only where at least 4 folds agree: part of the stroke was held back."
    case = desk.show(MISSING)
    desk.paint(TUMOR_AT, mm=60.0)
    votes = desk.session.predictions.votes(MISSING, 2)
    assert (case.mask == 2).any()
    assert (votes[case.mask == 2] >= 4).all()
    desk.editing.set_gates(Gates(votes_at_least=5))
    desk.editing.undo()
    desk.paint(TUMOR_AT, mm=60.0)
    assert not (case.mask == 2).any()


def test_while_votes_are_read_the_brush_waits_instead_of_painting_nothing(desk, case):
    desk.editing.choose_structure(2)
    desk.editing.set_gates(Gates(votes_at_least=1))
    desk.paint(TUMOR_AT, mm=60.0)
    assert "being read" in desk.said
    desk.rest()


def test_size_and_tool_reach_the_views(desk, case):
    desk.editing.set_diameter(500.0)
    assert desk.editing.diameter_mm == 100.0
    desk.editing.set_diameter(10.0)
    desk.editing.step_diameter(1)
    assert desk.editing.diameter_mm == 11.0
    desk.editing.choose_tool("eraser")
    assert desk.panels.tool == "eraser"


def test_a_patch_of_an_older_mask_is_refused_in_words_and_changes_nothing(desk, case):
    box = (4, 5, 6, 7, 6, 7)
    stale = Patch.between(
        "Smooth tumor", box, case.mask[4:5, 6:7, 6:7], np.full((1, 1, 1), 3, "u1")
    )
    desk.paint(EMPTY)
    painted = case.mask.copy()
    assert not desk.editing.commit(stale)
    assert "changed where" in desk.said
    assert np.array_equal(case.mask, painted)
    assert desk.history() == ["Paint tumor, 9 mm"]


def test_an_edit_during_a_stroke_ends_the_stroke_first(desk, case):
    before = case.mask.copy()
    desk.editing.choose_tool("brush")
    desk.point("press", EMPTY)
    box = (20, 21, 6, 7, 6, 7)
    patch = Patch.between("Point", box, case.mask[20:21, 6:7, 6:7], np.full((1, 1, 1), 3, "u1"))
    assert desk.editing.commit(patch)
    assert desk.history() == ["Paint tumor, 12 mm", "Point"]
    desk.editing.go_to(0)
    assert np.array_equal(case.mask, before)
