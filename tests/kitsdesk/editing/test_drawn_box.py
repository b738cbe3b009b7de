from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kitsdesk.editing.drawn_box import box_between, encloses, shifted, sides_at, with_sides_at

SHAPE, SPACING = (20, 40, 50), (5.0, 0.8, 0.8)


def test_a_box_is_as_deep_in_mm_as_asked_on_an_anisotropic_grid():
    box = box_between((10, 5, 8), (10, 24, 32), 0, 25.0, SPACING, SHAPE)
    assert box == (8, 13, 5, 25, 8, 33)
    assert box_between((10, 5, 8), (10, 24, 32), 0, 0.0, SPACING, SHAPE) == (10, 11, 5, 25, 8, 33)
    side = ((25 - 5) * 0.8 + (33 - 8) * 0.8) / 2
    deep = box_between((10, 5, 8), (10, 24, 32), 0, None, SPACING, SHAPE)
    assert abs((deep[1] - deep[0]) * 5.0 - side) <= 5.0


def test_a_box_outside_the_image_is_none_and_at_its_edge_is_cut():
    assert box_between((10, -9, -9), (10, -4, -4), 0, 0.0, SPACING, SHAPE) is None
    assert box_between((0, -9, 45), (0, 3, 90), 0, 30.0, SPACING, SHAPE) == (0, 3, 0, 4, 45, 50)


def test_sides_are_taken_at_an_edge_a_corner_and_nowhere_else():
    box = (8, 13, 5, 25, 8, 33)
    assert sides_at(box, 0, (10, 5, 20), 2.0, SPACING) == ((1, 0),)
    assert sides_at(box, 0, (10, 24.4, 32.6), 2.0, SPACING) == ((1, 1), (2, 1))
    assert sides_at(box, 0, (10, 15, 20), 2.0, SPACING) == ()
    assert sides_at(box, 0, (10, 5, 45), 2.0, SPACING) == ()
    assert sides_at(box, 1, (12.4, 15, 20), 2.0, SPACING) == ((0, 1),)
    assert encloses(box, (0, 15, 20), 0)
    assert not encloses(box, (0, 15, 20), 1)


@given(
    sides=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=3),
    place=st.tuples(*[st.floats(-30, 80)] * 3),
    by=st.tuples(*[st.floats(-90, 90)] * 3),
)
def test_no_pull_and_no_move_leaves_the_image_or_empties_the_box(sides, place, by):
    box = (8, 13, 5, 25, 8, 33)
    pulled = with_sides_at(box, sides, place, SHAPE)
    moved = shifted(box, by, SHAPE)
    for low, high, size in zip(pulled[::2], pulled[1::2], SHAPE, strict=True):
        assert 0 <= low < high <= size
    assert np.subtract(moved[1::2], moved[::2]).tolist() == [5, 20, 25]
    assert min(moved) >= 0
    assert all(high <= size for high, size in zip(moved[1::2], SHAPE, strict=True))
