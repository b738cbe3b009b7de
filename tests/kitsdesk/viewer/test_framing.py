from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.viewer.framing import MARGIN_MM, clip_box, largest_place, mask_box, whole_box


def test_the_whole_volume_ends_at_the_outer_faces():
    low, high = whole_box((10, 20, 30), (3.0, 1.0, 2.0))
    assert low == (-1.5, -0.5, -1.0)
    assert high == (28.5, 19.5, 59.0)


def test_the_mask_is_framed_with_room_inside_the_volume():
    mask = np.zeros((40, 80, 80), np.uint8)
    mask[10:20, 40:60, 8:20] = 1
    spacing = (3.0, 1.0, 1.0)
    box = mask_box(mask, spacing)
    assert box[0] == pytest.approx((30 - MARGIN_MM, 40 - MARGIN_MM, 8 - MARGIN_MM))
    low, _ = clip_box(box, whole_box(mask.shape, spacing))
    assert low == pytest.approx((30 - MARGIN_MM, 40 - MARGIN_MM, -0.5))


def test_a_mask_thinner_than_the_search_grid_is_still_found():
    mask = np.zeros((9, 9, 9), np.uint8)
    mask[3, 5, 5] = 1
    assert mask_box(mask, (1.0, 1.0, 1.0)) is not None
    assert mask_box(np.zeros_like(mask), (1.0, 1.0, 1.0)) is None


def test_a_case_opens_at_its_tumor_else_its_kidneys():
    mask = np.zeros((20, 40, 40), np.uint8)
    mask[2:12, 4:36, 4:36] = 1
    mask[8:10, 20:28, 20:28] = 2
    z, y, x = largest_place(mask, (1.0, 1.0, 1.0))
    assert mask[int(z), int(y), int(x)] == 2
    mask[mask == 2] = 0
    z, y, x = largest_place(mask, (1.0, 1.0, 1.0))
    assert mask[int(z), int(y), int(x)] == 1
    assert largest_place(np.zeros_like(mask), (1.0, 1.0, 1.0)) is None
