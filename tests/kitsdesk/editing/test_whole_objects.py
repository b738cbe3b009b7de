from __future__ import annotations

import numpy as np
import pytest
from bodies import SPACING, after, ball, blank, scene

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.holes import fill_holes
from kitsdesk.editing.islands import component_at, drop_small, keep_clicked, keep_largest
from kitsdesk.editing.shaping import margin, smooth
from kitsdesk.editing.taking import replace_mask, take_prediction
from kitsdesk.editing.threshold import threshold

TUMOR_LOCKED = Gates(locked=frozenset({2}))


def two_kidneys():
    mask = blank()
    mask[ball(mask.shape, (8, 30, 14), 11)] = 1
    mask[ball(mask.shape, (8, 30, 46), 9)] = 1
    mask[8, 30, 14] = 2
    mask[2, 3:6, 3:6] = 1
    return mask


def test_islands_keep_the_largest_and_fill_specks_with_what_is_around():
    mask = two_kidneys()
    changed = after(keep_largest(scene(mask), 1, count=2), mask)
    assert not changed[2, 3:6, 3:6].any()
    assert (changed[:, :, 40:] == mask[:, :, 40:]).all()
    one = after(keep_largest(scene(mask), 1), mask)
    assert not (one[:, :, 32:]).any()
    assert keep_largest(scene(mask), 2) is None
    dropped = after(drop_small(scene(mask), 2, below_ml=1.0), mask)
    assert dropped[8, 30, 14] == 1


def test_drop_small_counts_millilitres():
    mask = two_kidneys()
    speck_ml = 9 * float(np.prod(SPACING)) / 1000
    assert drop_small(scene(mask), 1, speck_ml * 0.99) is None
    changed = after(drop_small(scene(mask), 1, speck_ml * 1.01), mask)
    assert not changed[2].any()


def test_keep_clicked_and_the_component_under_the_pointer():
    mask = two_kidneys()
    changed = after(keep_clicked(scene(mask), (8, 30, 46)), mask)
    assert set(np.argwhere(changed == 1)[:, 2]) <= set(range(36, 60))
    box, component = component_at(mask, (2, 4, 4))
    assert component.sum() == 9
    assert box[0] <= 2 < box[1]
    assert component_at(mask, (0, 0, 0)) is None
    assert component_at(mask, (0, 0, 99)) is None
    assert keep_clicked(scene(mask), (0, 0, 0)) is None


def test_a_locked_structure_loses_and_gains_nothing():
    mask = two_kidneys()
    gated = scene(mask, gates=TUMOR_LOCKED)
    assert drop_small(gated, 2, below_ml=1.0) is None
    assert margin(gated, 2, -5) is None
    prediction = np.full_like(mask, 2)
    assert take_prediction(gated, prediction, (0, 16, 0, 60, 0, 60)) is None


def test_fill_holes_takes_enclosed_background_of_its_structure_only():
    mask = blank()
    mask[ball(mask.shape, (8, 30, 30), 15)] = 1
    mask[8, 30, 30] = 0
    mask[8, 25, 25] = 2
    tumor = ball(mask.shape, (8, 10, 10), 7)
    mask[tumor] = 2
    mask[8, 10, 10] = 0
    changed = after(fill_holes(scene(mask), 1), mask)
    assert changed[8, 30, 30] == 1
    assert changed[8, 10, 10] == 0
    assert changed[8, 25, 25] == 2
    assert (changed != mask).sum() == 1
    mask[:, 28:33, 28:33] = 0
    assert fill_holes(scene(mask), 1) is None
    tunnel = after(fill_holes(scene(mask), 1, plane="axial"), mask)
    assert (tunnel[7:10, 28:33, 28:33] == 1).all()
    assert fill_holes(scene(blank()), 1) is None


def test_smoothing_rounds_off_details_and_leaves_no_gap():
    mask = blank((20, 60, 60))
    body = ball(mask.shape, (10, 30, 30), 16)
    mask[body] = 1
    mask[ball(mask.shape, (10, 30, 38), 6)] = 2
    rough = mask.copy()
    rough[10, 8:14, 30] = 1
    rough[9:12, 30, 14:20] = 0
    changed = after(smooth(scene(rough), 1, 2.0), rough)
    assert not changed[10, 8:12, 30].any()
    assert (changed[10, 30, 16:20] == 1).all()
    inside = ball(mask.shape, (10, 30, 30), 12)
    assert not (changed[inside] == 0).any()
    locked = after(smooth(scene(rough, gates=TUMOR_LOCKED), 1, 2.0), rough)
    assert np.array_equal(locked == 2, rough == 2)
    assert smooth(scene(rough), 3, 2.0) is None
    assert smooth(scene(rough), 1, 0.0) is None


@pytest.mark.parametrize("by", [3.0, 5.0])
def test_a_margin_widens_in_millimetres_over_background_only(by):
    mask = blank((20, 60, 60))
    start = ball(mask.shape, (10, 30, 30), 9)
    mask[start] = 1
    mask[:, :, 42:] = 2
    changed = after(margin(scene(mask), 1, by), mask)
    exact = ball(mask.shape, (10, 30, 30), 9 + by)
    grown = changed == 1
    assert (grown & ~exact & (mask != 2)).sum() <= 0.12 * grown.sum()
    assert np.array_equal(changed == 2, mask == 2)
    over = after(margin(scene(mask, gates=Gates(only_over=frozenset({2}))), 1, 12.0), mask)
    assert not (over == 1)[mask == 0].any()
    assert (over == 1)[mask == 2].any()


def test_narrowing_gives_way_to_the_nearest_neighbour():
    mask = blank((20, 60, 60))
    mask[ball(mask.shape, (10, 30, 30), 20)] = 1
    mask[ball(mask.shape, (10, 30, 30), 10)] = 2
    changed = after(margin(scene(mask), 2, -4.0), mask)
    assert changed[10, 30, 30] == 2
    assert changed[10, 30, 38] == 1
    assert not (changed == 0)[mask > 0].any()
    assert margin(scene(mask), 2, 0) is None
    assert margin(scene(mask), 3, 5) is None
    whole = np.ones((4, 4, 4), np.uint8)
    assert margin(scene(whole), 1, -1) is None


def test_threshold_finds_a_range_inside_a_box_over_what_the_gate_names():
    mask = blank()
    mask[4:12, 10:50, 10:50] = 1
    image = np.full(mask.shape, 150, np.int16)
    image[6:8, 20:30, 20:30] = 60
    over_kidney = scene(mask, image, gates=Gates(only_over=frozenset({1})))
    changed = after(threshold(over_kidney, 2, 40, 80), mask)
    assert np.array_equal(changed == 2, image == 60)
    assert threshold(scene(mask, image), 2, 40, 80) is None
    box = (6, 7, 0, 60, 0, 60)
    part = after(threshold(over_kidney, 2, 40, 80, box), mask)
    assert set(np.argwhere(part == 2)[:, 0]) == {6}
    assert threshold(scene(mask), 2, 40, 80) is None


def test_take_prediction_in_a_box_or_a_component():
    mask, prediction = blank(), blank()
    mask[4:8, 10:20, 10:20] = 1
    prediction[4:8, 12:24, 12:24] = 1
    prediction[5, 15, 15] = 2
    box = (4, 8, 0, 60, 0, 60)
    taken = after(take_prediction(scene(mask), prediction, box), mask)
    assert np.array_equal(taken, prediction)
    component = (prediction == 2)[4:8]
    spot = after(take_prediction(scene(mask), prediction, box, component, "Take tumor"), mask)
    assert (spot != mask).sum() == 1
    assert after(replace_mask(mask, prediction, "Use prediction"), mask)[5, 15, 15] == 2
    assert replace_mask(mask, mask.copy(), "Restore reference") is None
    with pytest.raises(ValueError, match="shape"):
        replace_mask(mask, prediction[1:], "Use prediction")
