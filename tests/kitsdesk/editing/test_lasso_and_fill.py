from __future__ import annotations

import numpy as np
import pytest
from bodies import after, ball, blank, scene

from kitsdesk.editing.flood import FillLeaks, fill
from kitsdesk.editing.gates import Gates
from kitsdesk.editing.lasso import lasso


def square(axis, place, low, high):
    others = [other for other in range(3) if other != axis]
    points = []
    for a, b in ((low, low), (low, high), (high, high), (high, low)):
        point = [0.0, 0.0, 0.0]
        point[axis], point[others[0]], point[others[1]] = place, a, b
        points.append(point)
    return points


@pytest.mark.parametrize(("plane", "axis"), [("axial", 0), ("coronal", 1), ("sagittal", 2)])
def test_a_lasso_fills_its_outline_on_its_slice(plane, axis):
    mask = blank((30, 30, 30))
    patch = lasso(scene(mask), plane, square(axis, 7.3, 4.5, 12.5), 2)
    painted = np.argwhere(after(patch, mask) == 2)
    assert patch.name == "Lasso tumor"
    assert set(painted[:, axis]) == {7}
    assert patch.voxels == 64
    assert painted.min(axis=0).tolist() == [7 if a == axis else 5 for a in range(3)]


def test_a_lasso_outside_or_too_short_is_nothing():
    mask = blank()
    assert lasso(scene(mask), "axial", square(0, 90, 4, 9), 2) is None
    assert lasso(scene(mask), "axial", square(0, 5, -9, -4), 2) is None
    assert lasso(scene(mask), "axial", square(0, 5, 4, 9)[:2], 2) is None


def test_a_loop_around_itself_twice_has_no_hole():
    mask = blank((3, 40, 40))
    angle = np.linspace(0, 4 * np.pi, 90)
    radius = np.where(angle < 2 * np.pi, 14.0, 8.0)
    outline = np.stack([0 * angle + 1, 20 + radius * np.cos(angle), 20 + radius * np.sin(angle)], 1)
    painted = after(lasso(scene(mask), "axial", outline, 1), mask)
    assert painted[1, 20, 20] == 1


def test_lasso_erases_one_structure_and_obeys_locks():
    mask = blank()
    mask[:, :, :30], mask[:, :, 30:] = 1, 2
    gone = after(lasso(scene(mask), "axial", square(0, 5, 20, 40), 2, erase=True), mask)
    assert gone[5, 30, 35] == 0
    assert gone[5, 30, 25] == 1
    locked = scene(mask, gates=Gates(locked=frozenset({2})))
    assert lasso(locked, "axial", square(0, 5, 20, 40), 2, erase=True) is None
    painted = after(lasso(locked, "axial", square(0, 5, 20, 40), 3), mask)
    assert not (painted == 3)[mask == 2].any()


def test_fill_turns_one_component_into_another_structure():
    mask = blank()
    mask[ball(mask.shape, (8, 15, 15), 8)] = 1
    mask[ball(mask.shape, (8, 45, 45), 8)] = 1
    changed = after(fill(scene(mask), (8, 45, 45), 2), mask)
    assert (changed[:, 30:] == 2).sum() == (mask[:, 30:] == 1).sum()
    assert np.array_equal(changed[:, :30], mask[:, :30])
    assert fill(scene(mask), (8, 45, 45), 1) is None
    one = after(fill(scene(mask), (8, 45, 45), 2, plane="axial"), mask)
    assert set(np.argwhere(one == 2)[:, 0]) == {8}


def test_fill_reaches_far_beyond_its_first_box():
    mask = blank((20, 200, 200))
    mask[5:15, 10:190, 10:14] = 1
    mask[5:15, 186:190, 10:190] = 1
    changed = after(fill(scene(mask), (10, 12, 11), 3), mask)
    assert not (changed == 1).any()


def test_fill_of_enclosed_background_and_the_leak():
    mask = blank()
    mask[8, 10:31, 10:31] = 1
    mask[8, 12:29, 12:29] = 0
    changed = after(fill(scene(mask), (8, 20, 20), 1, plane="axial"), mask)
    assert (changed[8, 10:31, 10:31] == 1).all()
    with pytest.raises(FillLeaks, match="edge of the image"):
        fill(scene(mask), (8, 40, 40), 1)


def test_fill_stays_within_the_hu_tolerance_and_the_gates():
    mask, body = blank(), ball((16, 60, 60), (8, 30, 30), 14)
    image = np.where(body, 160, -90).astype(np.int16)
    changed = after(fill(scene(mask, image), (8, 30, 30), 1, tolerance_hu=50), mask)
    assert np.array_equal(changed == 1, body)
    gated = scene(mask, image, gates=Gates(hu_range=(100, 200)))
    assert np.array_equal(after(fill(gated, (8, 30, 30), 1), mask) == 1, body)
    assert fill(gated, (8, 2, 2), 1) is None
    assert fill(gated, (8, 30, 300), 1) is None
