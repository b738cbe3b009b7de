from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, BARE, KIDNEY_AT, MISSING, SPACING, TUMOR_AT, true_mask

from kitsdesk.editing.gates import Gates

VOXEL_ML = float(np.prod(SPACING)) / 1000


@pytest.fixture
def case(desk):
    case = desk.show(AGREEING)
    desk.editing.choose_structure(2)
    return case


def preview(desk, tool, **parameters):
    desk.editing.choose_tool(tool)
    desk.operations.preview(tool, parameters)
    settle(desk)
    return desk.canvas.preview


def settle(desk):
    desk.qtbot.waitUntil(lambda: not desk.operations.busy, timeout=20000)
    desk.rest()


@pytest.mark.parametrize(
    ("tool", "parameters"),
    [
        ("smooth", {"mm": 4.0}),
        ("smooth", {"mm": 3.0, "mode": "median"}),
        ("margin", {"mm": 4.0}),
        ("threshold", {"low": -40.0, "high": 0.0}),
        ("fill_holes", {"mode": "volume"}),
        ("islands", {"mode": "drop_small", "ml": 5.0}),
    ],
)
def test_a_preview_changes_nothing_until_it_is_taken_as_one_edit(desk, case, tool, parameters):
    case.mask[12, 20, 30] = 0
    before = case.mask.copy()
    shown = preview(desk, tool, **parameters)
    assert np.array_equal(case.mask, before)
    assert desk.history() == []
    text, state = desk.panels.preview
    assert state == "ready"
    assert text.startswith(shown.patch.name)
    assert f"{shown.patch.voxels:,} voxels" in text or "1 voxel" in text
    assert desk.operations.take()
    assert len(desk.history()) == 1
    assert np.count_nonzero(case.mask != before) == shown.patch.voxels
    assert desk.canvas.preview is None
    assert desk.panels.preview == ("", "none")


def test_millilitres_are_those_that_change(desk, case):
    shown = preview(desk, "margin", mm=4.0)
    before = np.count_nonzero(case.mask == 2)
    desk.operations.take()
    gained = np.count_nonzero(case.mask == 2) - before
    assert shown.change_ml[2] == pytest.approx(gained * VOXEL_ML)


def test_a_rejected_preview_leaves_nothing(desk, case):
    before = case.mask.copy()
    preview(desk, "smooth", mm=4.0)
    assert desk.operations.reject()
    assert not desk.operations.reject()
    assert not desk.operations.take()
    assert desk.canvas.preview is None
    assert np.array_equal(case.mask, before)
    assert desk.history() == []


def test_parameters_structure_and_gates_change_the_preview_that_stands(desk, case):
    small = preview(desk, "margin", mm=3.0).patch.voxels
    desk.operations.set_parameters("margin", {"mm": 6.0})
    settle(desk)
    wide = desk.canvas.preview.patch
    assert wide.voxels > small
    assert wide.name == "Widen tumor by 6 mm"
    desk.editing.set_gates(Gates(hu_range=(-40.0, 0.0)))
    settle(desk)
    assert desk.canvas.preview.patch.voxels <= wide.voxels
    desk.editing.choose_structure(1)
    settle(desk)
    assert desk.canvas.preview.patch.name == "Widen kidney by 6 mm"
    assert desk.history() == []


def test_the_preview_follows_strokes_and_undo(desk, case):
    desk.editing.choose_tool("margin")
    first = preview(desk, "margin", mm=4.0)
    desk.paint((4, 6, 6), mm=9.0)
    settle(desk)
    second = desk.canvas.preview
    assert second.patch.voxels > first.patch.voxels
    desk.editing.undo()
    settle(desk)
    assert desk.canvas.preview.patch.voxels == first.patch.voxels
    desk.operations.take()
    assert desk.history() == ["Widen tumor by 4 mm"]


def test_interpolation_is_previewed_in_the_plane_that_is_chosen(desk):
    case = desk.show(BARE)
    desk.editing.set_shape("disc")
    desk.paint((8, 20, 10), structure=1, mm=16.0)
    desk.paint((14, 20, 10), structure=1, mm=16.0)
    shown = preview(desk, "interpolate", mode="axial", gap=40.0)
    assert shown.box[:2] == (9, 14)
    desk.operations.set_parameters("interpolate", {"mode": "axial", "gap": 10.0})
    settle(desk)
    assert desk.canvas.preview is None
    assert desk.panels.preview == ("No empty slices between two drawn ones.", "nothing")
    desk.operations.set_parameters("interpolate", {"mode": "axial", "gap": 40.0})
    settle(desk)
    desk.operations.take()
    assert (case.mask[8:15, 20, 10] == 1).all()


def test_growing_competes_and_heeds_background_seeds(desk):
    case = desk.show(BARE)
    desk.paint((16, 20, 30), structure=1, mm=8.0)
    desk.paint(TUMOR_AT, structure=2, mm=6.0)
    desk.editing.choose_tool("grow")
    preview(desk, "grow", mode="all", reach=40.0)
    before = case.mask.copy()
    free = desk.canvas.preview.change_ml
    assert set(free) == {1, 2}
    desk.editing.choose_structure(0)
    desk.drag((18, 20, 30), (22, 20, 30))
    settle(desk)
    assert np.array_equal(case.mask, before)
    assert desk.canvas.seeds is not None
    assert desk.canvas.preview.change_ml[1] < free[1]
    desk.operations.take()
    assert desk.history()[-1] == "Grow from seeds"
    assert desk.canvas.seeds is None
    truth, found = true_mask()[:, :, 20:], case.mask[:, :, 20:]
    tumor = 2 * ((found == 2) & (truth == 2)).sum() / ((found == 2).sum() + (truth == 2).sum())
    assert tumor > 0.8
    assert found[22, 20, 10] == 0


def test_seeds_of_a_structure_are_painted_with_the_grow_tool(desk):
    desk.show(BARE)
    desk.editing.choose_tool("grow")
    desk.editing.choose_structure(1)
    desk.drag(KIDNEY_AT, (17, 20, 10))
    assert desk.history()[-1].startswith("Paint kidney")
    preview(desk, "grow", mode="active", reach=30.0)
    assert desk.panels.preview[1] == "ready"


def test_another_operation_and_another_case_end_a_preview(desk, case):
    preview(desk, "smooth", mm=4.0)
    desk.editing.choose_tool("margin")
    assert desk.canvas.preview is None
    preview(desk, "margin", mm=4.0)
    desk.show(MISSING)
    assert desk.panels.preview == ("", "none")
    assert not desk.operations.take()


def test_taking_before_the_preview_is_there_says_so(desk, case):
    desk.editing.choose_tool("margin")
    desk.operations.preview("margin", {"mm": 4.0})
    assert desk.operations.take()
    assert desk.said == "The preview is still being computed."
    settle(desk)
    desk.operations.run("margin", {"mm": 4.0})
    settle(desk)
    assert desk.history() == ["Widen tumor by 4 mm"]


def test_a_box_is_previewed_pulled_and_rejected(desk):
    case = desk.show(MISSING)
    desk.editing.choose_tool("take_prediction")
    desk.operations.set_parameters("take_prediction", {"mode": "box", "depth": 200.0})
    z, y, x = TUMOR_AT
    desk.drag((z, y - 9, x - 9), (z, y + 9, x + 9), (z, y + 9, x + 9))
    settle(desk)
    whole = desk.canvas.preview.patch.voxels
    assert whole == np.count_nonzero(case.mask != case.prediction)
    desk.drag((z, y + 9, x), (z, y, x), (z, y, x))
    settle(desk)
    assert desk.canvas.preview.patch.voxels < whole
    assert desk.operations.reject()
    assert desk.canvas.drawn_box is None
    assert desk.history() == []
