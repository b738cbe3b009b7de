"""What is done beside strokes, by real mouse and key events; saved masks are read by nibabel."""

from __future__ import annotations

import numpy as np
import pytest
from driven_case import open_case, save, way_of
from driven_project import OBLIQUE, STRAIGHT, THIRD, TUMOR_AT, OnDisk
from hands import CTRL, LEFT, SHIFT
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

pytestmark = pytest.mark.gui
Key = Qt.Key
BOTH = pytest.mark.parametrize("case", [STRAIGHT, OBLIQUE])


def click_row(hand, row: int) -> None:
    """Click a line of the history list, the newest is line 0."""
    view = hand.host.window.tools._history._view
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, pos=place)
    hand.rest()


def test_interpolation_is_previewed_taken_with_enter_and_fills_the_slices_between(hand):
    open_case(hand, STRAIGHT)
    host = hand.host
    hand.key(Key.Key_B)
    hand.key(Key.Key_3)
    hand.press("2D disc")
    first, last = (8, 8, 30), (12, 8, 30)
    ways = []
    for place in (first, last):
        hand.look_at(place)
        ways += way_of(hand, lambda place=place: hand.drag(place))
    hand.press("Interpolate")
    before = hand.drawn()
    hand.press("Preview")
    assert np.array_equal(hand.case.mask, before)
    assert "cyst +" in host.window.tools._preview.words()
    hand.key(Key.Key_Escape)
    assert host.canvas.scene.preview is None
    assert host.desk.editing.tool == "interpolate"
    hand.press("Preview")
    hand.key(Key.Key_Return)
    hand.rest()
    assert hand.history()[-1] == "Interpolate cyst"
    after = save(hand)
    places = after.places()
    flat = places - np.multiply.outer(places[..., 2] - ways[0][2], (0, 0, 1))
    between = (places[..., 2] >= ways[0][2] - 1) & (places[..., 2] <= ways[1][2] + 1)
    expected = between & (np.linalg.norm(flat - np.array(ways[0]), axis=-1) <= 6.0)
    assert np.array_equal(after.voxels == 3, expected)


def test_undo_redo_and_a_click_in_the_history_reach_the_disk_voxel_by_voxel(hand):
    open_case(hand, STRAIGHT)
    hand.key(Key.Key_B)
    states = [hand.drawn()]
    for shift in range(3):
        hand.drag(np.add(TUMOR_AT, (0, 3 * shift, 0)))
        states.append(hand.drawn())
    for back in (2, 1, 0):
        hand.key(Key.Key_Z, CTRL)
        assert np.array_equal(hand.case.mask, states[back])
    hand.key(Key.Key_Y, CTRL)
    hand.key(Key.Key_Z, CTRL | SHIFT)
    assert np.array_equal(hand.case.mask, states[2])
    model = hand.host.window.tools._history._model
    rows = [model.index(row).data() for row in range(model.rowCount())]
    assert rows == [*["Paint tumor, 12 mm"] * 3, "Opened"]
    click_row(hand, 3)
    assert np.array_equal(hand.case.mask, states[0])
    click_row(hand, 0)
    assert np.array_equal(hand.case.mask, states[3])
    click_row(hand, 2)
    saved = save(hand)
    grown = (saved.voxels == 2).sum()
    assert grown == (states[1] == 2).sum() > 0


@BOTH
def test_the_prediction_is_taken_where_clicked_and_in_a_pulled_box(hand, case):
    open_case(hand, case)
    hand.press("Take prediction")
    hand.click(TUMOR_AT)
    predicted = OnDisk(hand.host.desk.session.predictions.folder(case) / "heldout.nii.gz")
    taken = save(hand)
    assert np.array_equal(taken.voxels, predicted.voxels)
    hand.key(Key.Key_Z, CTRL)
    hand.press("Box")
    z, y, x = TUMOR_AT
    corner, middle = (z, y - 12, x - 9), (z, y, x)
    hand.drag(corner, np.add(corner, 1), middle)
    hand.rest()
    assert hand.history()[-1] == "Take prediction"
    low = hand.host.desk.boxes.box
    hand.drag((z, y, x - 4), (z, y + 3, x - 4), (z, y + 6, x - 4))
    hand.rest()
    box = hand.host.desk.boxes.box
    assert box[:3] == low[:3]
    assert box[3] == low[3] + 6
    hand.key(Key.Key_Return)
    hand.rest()
    mask = hand.case.mask
    expected = np.where(hand.case.reference > 0, hand.case.reference, 0)
    cut = tuple(slice(box[2 * a], box[2 * a + 1]) for a in range(3))
    expected = expected.copy()
    expected[cut] = hand.case.prediction[cut]
    assert np.array_equal(mask, expected)
    assert (save(hand).voxels == 2).sum() == (expected == 2).sum() > 0


def test_margin_smooth_and_fill_in_the_window(hand):
    open_case(hand, THIRD)
    host = hand.host
    hand.press("Take prediction")
    hand.click(TUMOR_AT)
    hand.key(Key.Key_1)
    before = hand.drawn()
    for tool, name in (("Margin", "Widen kidney by 2 mm"), ("Smooth", "Smooth kidney")):
        hand.press(tool, host.window.tools._palette)
        hand.press("Preview")
        assert np.array_equal(hand.case.mask, before)
        hand.press("Take")
        assert hand.history()[-1] == name
        hand.key(Key.Key_Z, CTRL)
        assert np.array_equal(hand.case.mask, before)
    hand.key(Key.Key_F)
    hand.click(TUMOR_AT)
    assert hand.history()[-1] == "Fill kidney"
    changed = np.argwhere(hand.case.mask != before)
    assert set(changed[:, 0]) == {TUMOR_AT[0]}
    assert (save(hand).voxels == 2).sum() == (before == 2).sum() - len(changed)
