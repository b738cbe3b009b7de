from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.history import History
from kitsdesk.editing.strokes import Stroke
from kitsdesk.editing.sweep import Brush

SPACING = (3.0, 0.8, 0.8)


def blank(shape=(20, 60, 60)):
    return np.zeros(shape, np.uint8), np.zeros(shape, np.int16)


def distances(shape, spacing, start, end):
    """Return every voxel's distance in mm to the segment, the slow and plain way."""
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) * np.array(spacing)
    a, b = np.array(start) * spacing, np.array(end) * spacing
    way = b - a
    t = np.clip((grid - a) @ way / max(float(way @ way), 1e-12), 0, 1)
    return np.linalg.norm(grid - a - t[..., None] * way, axis=-1)


point = st.tuples(st.floats(-3, 22), st.floats(-5, 35), st.floats(-5, 35))


@settings(max_examples=80, deadline=None)
@given(point, point, st.floats(3.1, 12), st.sampled_from([(3, 0.8, 0.8), (1, 1, 1), (0.5, 0.7, 2)]))
def test_a_swept_ball_is_exactly_the_capsule_in_millimetres(start, end, radius, spacing):
    shape = (18, 30, 30)
    swept = Brush(radius, spacing).sweep(np.array(start), np.array(end), shape)
    covered = np.zeros(shape, bool)
    if swept is not None:
        box, voxels = swept
        covered[box[0] : box[1], box[2] : box[3], box[4] : box[5]] = voxels
    far = distances(shape, spacing, start, end)
    assert covered[far < radius - 1e-4].all()
    assert not covered[far > radius + 1e-4].any()


@pytest.mark.parametrize(("plane", "axis"), [("axial", 0), ("coronal", 1), ("sagittal", 2)])
def test_a_disc_lies_in_one_slice_of_its_view(plane, axis):
    mask, image = blank()
    stroke = Stroke(mask, image, SPACING, 2, 8.0, "disc", plane)
    box = stroke.add((10.2, 30.4, 29.6))
    assert box is not None
    assert box[2 * axis + 1] - box[2 * axis] == 1
    far = distances(mask.shape, SPACING, (10.2, 30.4, 29.6), (10.2, 30.4, 29.6))
    painted = np.argwhere(mask == 2)
    assert set(painted[:, axis]) == {(10, 30, 30)[axis]}
    assert far[mask == 2].max() <= 4.0 + max(SPACING)


def test_a_brush_smaller_than_a_voxel_paints_the_voxel_under_the_pointer():
    mask, image = blank()
    Stroke(mask, image, SPACING, 1, 0.5, "ball").add((4.4, 10.3, 11.6))
    assert np.argwhere(mask).tolist() == [[4, 10, 12]]


def test_a_thin_fast_stroke_has_no_gaps():
    mask, image = blank()
    stroke = Stroke(mask, image, SPACING, 1, 0.5, "disc", "axial")
    stroke.add((5, 5, 5))
    stroke.add((5, 50, 30))
    rows = np.argwhere(mask[5])
    steps = np.abs(np.diff(rows, axis=0)).max(axis=1)
    assert steps.max() == 1
    assert rows[0].tolist() == [5, 5]
    assert rows[-1].tolist() == [50, 30]


def test_the_wheel_during_a_stroke_starts_anew_in_the_other_slice():
    mask, image = blank()
    stroke = Stroke(mask, image, SPACING, 1, 4.0, "disc", "axial")
    stroke.add((5, 20, 20))
    stroke.add((9, 40, 40))
    assert sorted(set(np.argwhere(mask)[:, 0])) == [5, 9]
    assert not mask[9, 20, 20]


def test_erasing_takes_one_structure_or_all():
    mask, image = blank()
    mask[:, :, :30], mask[:, :, 30:] = 1, 2
    Stroke(mask, image, SPACING, 2, 10.0, "ball", erase=True).add((10, 30, 30))
    assert set(np.unique(mask[10, 28:33, 27:30])) == {1}
    assert mask[10, 30, 31] == 0
    Stroke(mask, image, SPACING, 0, 10.0, "ball").add((10, 30, 30))
    assert mask[10, 30, 28] == 0


def test_finish_gives_the_stroke_as_one_patch_and_cancel_takes_it_back():
    mask, image = blank()
    mask[9:12, 25:35, 25:35] = 1
    start = mask.copy()
    stroke = Stroke(mask, image, SPACING, 2, 9.0, "ball")
    for step in range(6):
        stroke.add((10, 28 + step, 28))
    painted = mask.copy()
    patch = stroke.finish()
    assert patch is not None
    assert patch.name == "Paint tumor, 9 mm"
    assert patch.voxels == np.count_nonzero(painted != start)
    patch.revert(mask)
    assert np.array_equal(mask, start)
    patch.apply(mask)
    assert np.array_equal(mask, painted)
    other = Stroke(mask, image, SPACING, 3, 9.0, "ball")
    other.add((10, 40, 40))
    other.cancel()
    assert np.array_equal(mask, painted)
    assert other.finish() is None


def test_gates_hold_the_stroke_back_and_say_so():
    mask, image = blank()
    mask[:, :, 30:] = 2
    image[:, 30:] = 100
    gates = Gates(hu_range=(50, 150), locked=frozenset({2}))
    stroke = Stroke(mask, image, SPACING, 1, 10.0, "ball", gates=gates)
    assert stroke.stopped_by == ""
    stroke.add((10, 32, 22))
    assert stroke.stopped_by == "HU range"
    stroke.add((10, 45, 45))
    assert stroke.stopped_by == "locked"
    assert (mask[:, :, 30:] == 2).all()
    assert not mask[:, :30, :30].any()
    assert mask[10, 32, 22] == 1


def test_a_stroke_outside_the_volume_is_nothing():
    mask, image = blank()
    stroke = Stroke(mask, image, SPACING, 1, 5.0, "ball")
    assert stroke.add((-10, 5, 5)) is None
    assert stroke.finish() is None
    assert stroke.cancel() is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(point, min_size=1, max_size=4),
            st.integers(0, 3),
            st.floats(1, 15),
            st.sampled_from(["disc", "ball"]),
            st.sampled_from(["axial", "coronal", "sagittal"]),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_random_strokes_undo_to_every_snapshot(strokes):
    mask, image = blank((18, 40, 40))
    history = History(mask)
    states = [mask.copy()]
    for points, structure, diameter, shape, plane, erase in strokes:
        stroke = Stroke(mask, image, SPACING, structure, diameter, shape, plane, erase=erase)
        for at in points:
            stroke.add(at)
        patch = stroke.finish()
        if patch is not None:
            history.commit(patch)
            states.append(mask.copy())
        assert np.array_equal(mask, states[-1])
    for number in [*reversed(range(len(states))), *range(len(states))]:
        history.go_to(number)
        assert np.array_equal(mask, states[number])


def test_a_stamp_costs_the_ball_and_not_the_case():
    mask, image = blank((611, 512, 512))
    stroke = Stroke(mask, image, (0.5, 0.78, 0.78), 1, 40.0, "ball")
    stroke.add((300, 200, 200))
    tracemalloc.start()
    try:
        for step in range(1, 30):
            stroke.add((300, 200 + 3 * step, 200 + 2 * step))
        assert tracemalloc.get_traced_memory()[1] < mask.nbytes / 10
    finally:
        tracemalloc.stop()
    assert np.count_nonzero(mask) > 10_000
