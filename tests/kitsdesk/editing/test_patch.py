from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.editing.patch import Patch, StalePatch


def masks():
    rng = np.random.default_rng(1)
    before = rng.integers(0, 4, (12, 20, 24), dtype=np.uint8)
    after = before.copy()
    after[3:5, 6:9, 7:8] = (after[3:5, 6:9, 7:8] + 1) % 4
    return before, after


def test_a_patch_keeps_only_the_box_that_changed_and_goes_both_ways():
    before, after = masks()
    patch = Patch.between("Paint", (0, 12, 0, 20, 0, 24), before, after)
    assert patch is not None
    assert patch.box == (3, 5, 6, 9, 7, 8)
    assert patch.voxels == 6
    live = before.copy()
    assert patch.apply(live) == patch.box
    assert np.array_equal(live, after)
    patch.apply(live)
    assert np.array_equal(live, after)
    patch.revert(live)
    assert np.array_equal(live, before)


def test_a_crop_elsewhere_is_placed_in_the_whole_mask():
    before, after = masks()
    cut = np.s_[2:7, 5:10, 5:11]
    patch = Patch.between("Paint", (2, 7, 5, 10, 5, 11), before[cut], after[cut])
    assert patch is not None
    assert patch.box == (3, 5, 6, 9, 7, 8)


def test_no_change_is_no_patch():
    before, _ = masks()
    assert Patch.between("Paint", (0, 12, 0, 20, 0, 24), before, before.copy()) is None


def test_a_patch_from_another_mask_is_refused_and_changes_nothing():
    before, after = masks()
    patch = Patch.between("Paint", (0, 12, 0, 20, 0, 24), before, after)
    assert patch is not None
    other = np.full_like(before, 9)
    with pytest.raises(StalePatch, match="Paint"):
        patch.apply(other)
    assert (other == 9).all()
    with pytest.raises(StalePatch):
        patch.apply(np.zeros((2, 2, 2), np.uint8))
