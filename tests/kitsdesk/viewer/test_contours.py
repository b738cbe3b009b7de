from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.viewer.contours import structure_contours
from kitsdesk.viewer.outline_cache import OutlineCache
from kitsdesk.viewer.planes import CORONAL


def area(line):
    rows, columns = line[:-1, 0], line[:-1, 1]
    return 0.5 * abs(np.dot(rows, np.roll(columns, 1)) - np.dot(columns, np.roll(rows, 1)))


def test_an_outline_is_closed_and_runs_half_way_between_voxels():
    labels = np.zeros((20, 30), np.uint8)
    labels[4:10, 6:20] = 2
    (line,) = structure_contours(labels, 2)
    assert np.array_equal(line[0], line[-1])
    assert line.min(axis=0) == pytest.approx([3.5, 5.5])
    assert line.max(axis=0) == pytest.approx([9.5, 19.5])
    assert area(line) == pytest.approx(6 * 14, abs=1.5)


def test_outlines_close_at_the_border_of_the_slice():
    (line,) = structure_contours(np.ones((5, 7), np.uint8), 1)
    assert np.array_equal(line[0], line[-1])
    assert line.min() == pytest.approx(-0.5)


def test_a_single_voxel_has_an_outline():
    labels = np.zeros((5, 5), np.uint8)
    labels[2, 3] = 1
    (line,) = structure_contours(labels, 1)
    assert np.mean(line[:-1], axis=0) == pytest.approx([2, 3])
    assert area(line) > 0.3


def test_a_hole_has_its_own_outline_and_absent_structures_none():
    labels = np.ones((9, 9), np.uint8)
    labels[3:6, 3:6] = 0
    assert len(structure_contours(labels, 1)) == 2
    assert structure_contours(labels, 3) == []


def test_straight_parts_carry_no_points():
    labels = np.zeros((50, 50), np.uint8)
    labels[5:45, 5:45] = 1
    (line,) = structure_contours(labels, 1)
    assert len(line) < 30


def test_the_cache_draws_only_the_slices_again_that_a_box_touches():
    mask = np.zeros((6, 8, 10), np.uint8)
    mask[2:4, 2:6, 3:7] = 1
    cache = OutlineCache(CORONAL)
    cache.set_mask(mask)
    spacing = (3.0, 1.0, 2.0)
    kept, dropped = cache.paths(3, spacing), cache.paths(5, spacing)
    cache.invalidate((0, 6, 5, 6, 0, 10))
    assert cache.paths(3, spacing) is kept
    assert cache.paths(5, spacing) is not dropped
    bounds = kept[1].boundingRect()
    # x is the column (x axis, 2 mm), y the row (z axis, 3 mm).
    assert (bounds.left(), bounds.right()) == pytest.approx((2.5 * 2, 6.5 * 2))
    assert (bounds.top(), bounds.bottom()) == pytest.approx((1.5 * 3, 3.5 * 3))
    cache.set_mask(mask)
    assert cache.paths(3, spacing) is kept
    cache.set_mask(mask.copy())
    assert cache.paths(3, spacing) is not kept
