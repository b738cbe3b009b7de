"""Strokes made by real mouse and key events; what is saved is read back by nibabel."""

from __future__ import annotations

import numpy as np
import pytest
from driven_case import open_case, reference, save, way_of
from driven_project import FAT_AT, KIDNEY_AT, OBLIQUE, SHAPE, STRAIGHT, TUMOR_AT, distance_to_way
from hands import CTRL, SHIFT
from PyQt6.QtCore import Qt
from skimage.measure import points_in_poly

pytestmark = pytest.mark.gui
Key = Qt.Key
BOTH = pytest.mark.parametrize("case", [STRAIGHT, OBLIQUE])


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
