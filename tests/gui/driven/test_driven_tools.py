"""Tools driven by real mouse and key events; what is saved is read back by nibabel."""

from __future__ import annotations

import numpy as np
import pytest
from driven_project import (
    FAT_AT,
    KIDNEY_AT,
    OBLIQUE,
    SHAPE,
    STRAIGHT,
    THIRD,
    TUMOR_AT,
    OnDisk,
    distance_to_way,
)
from hands import CTRL, LEFT, SHIFT
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from skimage.measure import points_in_poly

pytestmark = pytest.mark.gui
Key = Qt.Key
BOTH = pytest.mark.parametrize("case", [STRAIGHT, OBLIQUE])
AXES = {"axial": 0, "coronal": 1, "sagittal": 2}


def open_case(hand, case, at=TUMOR_AT):
    hand.host.open_case_at(case)
    session = hand.host.desk.session
    hand.qtbot.waitUntil(
        lambda: session.case is not None and session.case.case == case, timeout=60000
    )
    hand.rest()
    hand.host.window.side.show_tab("tools")
    hand.look_at(at)


def save(hand) -> OnDisk:
    """Press Ctrl+S and return the newest mask file as nibabel reads it."""
    hand.key(Key.Key_S, CTRL)
    case = hand.case
    hand.qtbot.waitUntil(lambda: case.unsaved == 0, timeout=60000)
    hand.rest()
    return OnDisk(hand.host.desk.session.revisions.newest(case.case).path)


def reference(hand) -> OnDisk:
    return OnDisk(hand.case.record.reference)


def way_of(hand, act) -> list[tuple[float, float, float]]:
    """Return the LPS places that the canvases told of while the button was down."""
    told = []

    def hear(event):
        if "left" in event.buttons:
            told.append(event.mm)

    hand.host.canvas.pointer.connect(hear)
    act()
    hand.host.canvas.pointer.disconnect(hear)
    return told


def click_row(hand, row: int) -> None:
    """Click a line of the history list, the newest is line 0."""
    view = hand.host.window.tools._history._view
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, pos=place)
    hand.rest()


@BOTH
@pytest.mark.parametrize("view", ["axial", "coronal", "sagittal"])
def test_a_ball_stroke_paints_every_voxel_within_its_radius_and_no_other(hand, case, view):
    open_case(hand, case, FAT_AT)
    hand.key(Key.Key_B)
    hand.key(Key.Key_3)
    ends = {"axial": (0, 3, 6), "coronal": (2, 0, 5), "sagittal": (2, 5, 0)}[view]
    stop = tuple(np.add(FAT_AT, ends))
    way = way_of(
        hand, lambda: hand.drag(FAT_AT, np.add(FAT_AT, np.divide(ends, 2)), stop, view=view)
    )
    before, after = reference(hand), save(hand)
    assert np.allclose(before.affine, after.affine, atol=1e-5)
    inside = distance_to_way(after.places(), way) <= 6.0
    surely = np.abs(distance_to_way(after.places(), way) - 6.0) > 1e-3
    expected = np.where(inside, 3, before.voxels)
    assert np.array_equal(after.voxels[surely], expected[surely])
    assert (after.voxels == 3).sum() > 20


def test_a_disc_paints_one_slice_and_hold_ctrl_erases_the_active_structure(hand):
    open_case(hand, STRAIGHT)
    hand.key(Key.Key_B)
    hand.press("2D disc")
    way = way_of(hand, lambda: hand.drag(TUMOR_AT, np.add(TUMOR_AT, (0, 4, 0))))
    painted = save(hand)
    axis_mm = painted.places()[..., 2]
    near = distance_to_way(painted.places(), way) <= 6.0
    on_slice = np.abs(axis_mm - way[0][2]) < 1.0
    assert np.array_equal(painted.voxels == 2, near & on_slice)
    out = way_of(hand, lambda: hand.drag(TUMOR_AT, np.add(TUMOR_AT, (0, 0, 1)), modifiers=CTRL))
    erased = save(hand)
    gone = (painted.voxels == 2) & (distance_to_way(painted.places(), out) <= 6.0) & on_slice
    assert np.array_equal(erased.voxels, np.where(gone, 0, painted.voxels))
    assert hand.history() == ["Paint tumor, 12 mm", "Erase tumor, 12 mm"]


@BOTH
def test_a_lasso_fills_the_voxels_inside_its_outline(hand, case):
    open_case(hand, case)
    hand.key(Key.Key_L)
    turns = np.linspace(0, 2 * np.pi, 30)[:-1]
    z, y, x = TUMOR_AT
    outline = [(z, y + 7 * np.sin(t), x + 5 * np.cos(t)) for t in turns]
    way = way_of(hand, lambda: hand.drag(*outline))
    hand.rest()
    index = np.array([hand.case.volume.to_index(mm) for mm in way])
    rows, columns = np.indices(SHAPE[1:])
    middles = np.stack([rows.ravel(), columns.ravel()], axis=1)
    inside = points_in_poly(middles, index[:, 1:]).reshape(SHAPE[1:])
    after = save(hand)
    changed = after.voxels != reference(hand).voxels
    assert (after.voxels[changed] == 2).all()
    places = after.places()[changed]
    found = np.zeros(SHAPE, bool)
    at = np.round([hand.case.volume.to_index(place) for place in places]).astype(int)
    found[tuple(at.T)] = True
    assert np.array_equal(found[z], inside)
    assert found.sum() == inside.sum() > 40


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


def test_gates_stop_the_stroke_and_say_which(hand):
    open_case(hand, STRAIGHT, KIDNEY_AT)
    window = hand.host.window
    hand.key(Key.Key_B)
    hand.press("Lock kidney")
    hand.drag(KIDNEY_AT)
    assert hand.history() == []
    assert window.status.message() == "Kidney locked: part of the stroke was held back."
    hand.press("Kidney is locked: no tool changes it")
    hand.press("Only over")
    hand.drag(KIDNEY_AT)
    assert hand.history() == []
    assert "Only over background" in window.status.message()
    hand.press("Only over")
    hand.press("Only inside HU")
    hand.look_at(TUMOR_AT)
    hand.drag(TUMOR_AT)
    inside = hand.case.mask == 2
    values = hand.case.volume.array[inside]
    assert inside.any()
    assert values.min() >= 10
    assert values.max() <= 90
    hand.key(Key.Key_Z, CTRL)
    hand.press("Only inside HU")
    hand.press("Only where folds agree")
    hand.rest()
    hand.look_at(KIDNEY_AT)
    before = hand.drawn()
    hand.drag(KIDNEY_AT)
    assert np.array_equal(hand.case.mask, before)
    assert "folds agree" in window.status.message()
    hand.look_at(TUMOR_AT)
    hand.drag(TUMOR_AT)
    painted = save(hand)
    votes = hand.host.desk.session.predictions.votes(STRAIGHT, 2)
    assert (painted.voxels == 2).sum() == ((hand.case.mask == 2) & (votes >= 3)).sum() > 0


def test_shift_click_picks_digits_choose_and_keys_size_the_brush(hand):
    open_case(hand, STRAIGHT, KIDNEY_AT)
    editing = hand.host.desk.editing
    hand.key(Key.Key_B)
    hand.key(Key.Key_3)
    assert editing.structure == 3
    hand.drag(KIDNEY_AT, modifiers=SHIFT)
    assert editing.structure == 1
    assert hand.history() == []
    hand.drag(FAT_AT, modifiers=SHIFT)
    assert editing.structure == 0
    size = editing.diameter_mm
    hand.key(Key.Key_BracketRight)
    hand.key(Key.Key_Plus)
    hand.wheel(1, modifiers=SHIFT)
    assert editing.diameter_mm == pytest.approx(size * 1.1**3, abs=0.2)
    hand.key(Key.Key_BracketLeft)
    hand.key(Key.Key_Minus)
    hand.wheel(-1, modifiers=SHIFT)
    assert editing.diameter_mm == pytest.approx(size, abs=0.3)
    assert hand.host.canvas.scene.brush.diameter_mm == editing.diameter_mm


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
