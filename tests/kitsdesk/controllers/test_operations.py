from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, BARE, KIDNEY_AT, MISSING, TUMOR_AT, true_mask

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.patch import Patch

EMPTY = (4, 6, 6)


@pytest.fixture
def case(desk):
    case = desk.show(AGREEING)
    desk.editing.choose_structure(2)
    return case


def circle(z, y, x, radius, points=24):
    turns = np.linspace(0, 2 * np.pi, points)
    return [(z, y + radius * np.sin(t), x + radius * np.cos(t)) for t in turns]


def test_lasso_draws_its_outline_and_paints_one_slice(desk, case):
    before = case.mask.copy()
    desk.editing.choose_tool("lasso")
    way = circle(4, 8, 8, 4)
    desk.point("press", way[0])
    for at in way[1:]:
        desk.point("move", at)
    outline = desk.canvas.shapes[0]
    assert outline.kind == "polygon"
    assert outline.closed
    assert outline.view == "axial"
    assert not desk.history()
    desk.point("release", way[-1], buttons=())
    assert desk.canvas.shapes == ()
    assert desk.history() == ["Lasso tumor"]
    changed = np.argwhere(case.mask != before)
    assert set(changed[:, 0]) == {4}
    assert len(changed) == pytest.approx(np.pi * 16, rel=0.15)


def test_ctrl_lasso_erases_only_the_active_structure(desk, case):
    z, y, x = TUMOR_AT
    kidney = np.count_nonzero(case.mask == 1)
    desk.editing.choose_tool("lasso")
    desk.drag(*circle(z, y, x, 6), modifiers=("ctrl",))
    assert desk.history() == ["Lasso erase tumor"]
    assert not (case.mask[z] == 2).any()
    assert np.count_nonzero(case.mask == 1) == kidney


def test_another_tool_drops_an_outline_under_way(desk, case):
    desk.editing.choose_tool("lasso")
    desk.point("press", EMPTY)
    desk.point("move", (4, 6, 10))
    desk.editing.choose_tool("navigate")
    assert desk.canvas.shapes == ()
    desk.point("release", (4, 6, 10), buttons=())
    assert desk.history() == []


def test_fill_gives_the_clicked_region_of_the_slice_to_the_structure(desk, case):
    desk.editing.choose_tool("fill")
    desk.click(KIDNEY_AT)
    assert desk.history() == ["Fill tumor"]
    assert (case.mask[16, :, :20] != 1).all()
    assert (case.mask[15, 20, 10]) == 1


def test_fill_in_the_volume_and_ctrl_fill(desk, case):
    desk.editing.choose_tool("fill")
    desk.operations.set_parameters("fill", {"mode": "volume"})
    desk.click(KIDNEY_AT)
    assert not (case.mask[:, :, :20] == 1).any()
    desk.click(KIDNEY_AT, modifiers=("ctrl",))
    assert not case.mask[:, :, :20].any()
    desk.click(EMPTY, modifiers=("ctrl",))
    assert desk.said == "Ctrl+click erases tumor; there is none here."


def test_a_fill_that_leaks_says_so_and_changes_nothing(desk, case):
    desk.editing.choose_tool("fill")
    desk.click(EMPTY)
    assert "edge of the image" in desk.said
    assert desk.history() == []


def test_islands_keep_largest_drop_small_keep_clicked(desk, case):
    desk.paint(EMPTY, mm=9.0)
    desk.apply("islands", mode="keep_largest", ml=0.5)
    assert case.mask[EMPTY] == 0
    assert case.mask[TUMOR_AT] == 2
    desk.editing.undo()
    desk.apply("islands", mode="drop_small", ml=0.05)
    assert desk.said == "No other part to remove."
    desk.apply("islands", mode="drop_small", ml=1.0)
    assert case.mask[EMPTY] == 0
    desk.editing.undo()
    desk.apply("islands", mode="keep_clicked", ml=0.5)
    assert desk.said == "Click on the part to keep."
    desk.click(EMPTY)
    assert case.mask[EMPTY] == 2
    assert case.mask[TUMOR_AT] != 2
    assert desk.history()[-1] == "Keep clicked tumor"


@pytest.mark.parametrize(
    ("tool", "parameters", "name"),
    [
        ("smooth", {"mm": 4.0}, "Smooth tumor"),
        ("margin", {"mm": 4.0}, "Widen tumor by 4 mm"),
        ("margin", {"mm": -3.0}, "Narrow tumor by 3 mm"),
        ("threshold", {"low": -40.0, "high": 0.0}, "Threshold tumor"),
    ],
)
def test_operations_on_the_whole_structure_are_undoable_by_name(desk, case, tool, parameters, name):
    desk.paint((12, 20, 36), (12, 20, 38), mm=3.0)
    before = case.mask.copy()
    desk.apply(tool, **parameters)
    assert desk.history()[-1] == name
    assert desk.said.startswith(name)
    assert not np.array_equal(case.mask, before)
    desk.editing.undo()
    assert np.array_equal(case.mask, before)


def test_fill_holes_in_slices_and_in_the_volume(desk, case):
    desk.editing.choose_structure(1)
    z, y, x = KIDNEY_AT
    case.history.commit(hole(case.mask, z, y, x))
    desk.apply("fill_holes", mode="volume")
    assert case.mask[KIDNEY_AT] == 1
    desk.apply("fill_holes", mode="slices")
    assert desk.said == "No closed hole to fill."


def hole(mask, z, y, x):
    box = (z, z + 1, y, y + 1, x, x + 1)
    return Patch.between(
        "Hole", box, mask[z : z + 1, y : y + 1, x : x + 1], np.zeros((1, 1, 1), "u1")
    )


def test_interpolate_fills_between_slices_of_the_plane_drawn_in(desk):
    case = desk.show(BARE)
    desk.editing.set_shape("disc")
    desk.paint((8, 20, 10), structure=1, mm=16.0)
    desk.paint((14, 20, 10), structure=1, mm=16.0)
    desk.apply("interpolate")
    assert (case.mask[8:15, 20, 10] == 1).all()
    desk.editing.go_to(0)
    desk.paint((16, 16, 10), structure=1, mm=16.0, view="coronal")
    desk.paint((16, 24, 10), structure=1, mm=16.0, view="coronal")
    desk.apply("interpolate")
    assert (case.mask[16, 16:25, 10] == 1).all()


def test_grow_goes_from_seeds_to_the_edge_of_the_kidney(desk):
    case = desk.show(BARE)
    desk.paint(KIDNEY_AT, structure=1, mm=12.0)
    desk.apply("grow")
    assert desk.history()[-1] == "Grow kidney"
    kidney = true_mask()[:, :, :20] == 1
    found = case.mask[:, :, :20] == 1
    assert 2 * (found & kidney).sum() / (found.sum() + kidney.sum()) > 0.85


def test_operations_need_a_structure_and_obey_gates(desk, case):
    desk.editing.choose_structure(0)
    desk.apply("smooth", mm=2.0)
    assert desk.said == "Choose kidney, tumor or cyst first."
    desk.editing.choose_structure(2)
    desk.editing.set_gates(Gates(locked=frozenset({2})))
    desk.apply("margin", mm=-3.0)
    assert desk.said == "The margin changes nothing. The gates may hold it back."
    assert desk.history() == []


def test_the_vote_gate_holds_for_operations_whose_votes_are_not_read_yet(desk):
    case = desk.show(MISSING)
    desk.editing.choose_structure(2)
    desk.editing.gates = Gates(votes_at_least=4, only_over=frozenset({0, 1}))
    desk.apply("threshold", low=-1000.0, high=1000.0)
    votes = desk.session.predictions.votes(MISSING, 2)
    assert np.array_equal(case.mask == 2, votes >= 4)


def test_an_operation_on_a_mask_that_changed_meanwhile_is_refused(desk, case):
    desk.editing.choose_tool("margin")
    desk.operations.run("margin", {"mm": 6.0})
    assert desk.operations.busy
    desk.operations.run("smooth", {"mm": 6.0})
    assert desk.said == "An edit is still being computed."
    desk.paint(TUMOR_AT, structure=3, mm=30.0)
    painted = case.mask.copy()
    desk.rest()
    assert "changed where" in desk.said
    assert np.array_equal(case.mask, painted)
    assert desk.history() == ["Paint cyst, 30 mm"]


def test_an_operation_of_a_case_that_was_left_changes_nothing(desk, case):
    desk.operations.run("margin", {"mm": 6.0})
    desk.session.close_case()
    desk.rest()
    assert not desk.operations.busy
    again = desk.show(AGREEING)
    assert again.unsaved == 0
    assert np.array_equal(again.mask, true_mask())


def test_take_the_prediction_where_clicked_and_nowhere_else(desk):
    case = desk.show(MISSING)
    desk.paint(EMPTY, structure=1)
    desk.editing.choose_tool("take_prediction")
    desk.click(TUMOR_AT)
    assert desk.history()[-1] == "Take prediction"
    assert np.array_equal(case.mask == 2, case.prediction == 2)
    assert case.mask[EMPTY] == 1
    desk.click(TUMOR_AT)
    assert desk.said == "The mask agrees with the prediction there already."


def test_take_the_prediction_at_the_crosshair_and_in_a_box(desk):
    case = desk.show(MISSING)
    z, y, x = TUMOR_AT
    desk.apply("take_prediction", mode="box", depth=0.0)
    assert desk.said == "Draw a box in a view to take the prediction there."
    desk.drag((z, y - 8, x - 8), (z, y, x))
    desk.rest()
    assert desk.history() == []
    assert desk.canvas.preview.box[:2] == (z, z + 1)
    assert desk.operations.take()
    assert desk.history() == ["Take prediction in a box"]
    assert set(np.argwhere(case.mask == 2)[:, 0]) == {z}
    assert not (case.mask[z, y + 1 :] == 2).any()
    assert desk.canvas.drawn_box is None
    assert desk.canvas.preview is None
    desk.editing.undo()
    desk.canvas.set_crosshair(tuple(float(v) for v in case.volume.to_mm(TUMOR_AT)))
    desk.apply("take_prediction", mode="component")
    assert np.array_equal(case.mask, case.prediction)


def test_take_prediction_without_one(desk):
    desk.show(BARE)
    desk.apply("take_prediction", mode="component")
    assert desk.said == "This case has no prediction."


def test_shift_click_picks_with_click_tools_too(desk, case):
    desk.editing.choose_tool("lasso")
    desk.click(KIDNEY_AT, modifiers=("shift",))
    assert desk.editing.structure == 1


def test_brush_and_navigate_are_not_for_operations(desk, case):
    desk.paint(EMPTY)
    assert desk.history() == ["Paint tumor, 9 mm"]
    desk.editing.choose_tool("navigate")
    desk.drag(TUMOR_AT, EMPTY)
    assert desk.history() == ["Paint tumor, 9 mm"]
