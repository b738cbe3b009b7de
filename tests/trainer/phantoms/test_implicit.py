from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.phantoms.implicit import capsule, ellipsoid, occupancy, rotation, smooth_max
from trainer.phantoms.phantom_grid import PhantomGrid, is_empty
from trainer.phantoms.smooth_noise import SmoothNoise


@settings(max_examples=15, deadline=None)
@given(
    angles=st.tuples(*[st.floats(0, 180)] * 3),
    offset=st.tuples(*[st.floats(-2, 2)] * 3),
)
def test_partial_volume_keeps_an_ellipsoids_volume(angles, offset):
    grid = PhantomGrid.centred((30, 60, 60), (5.0, 1.6, 1.6))
    radii = (22.0, 17.0, 25.0)
    shape = ellipsoid(grid, offset, radii, rotation(*angles))
    volume = float(occupancy(shape.values).sum()) * grid.voxel_ml
    assert volume == pytest.approx(4 / 3 * np.pi * np.prod(radii) / 1000, rel=0.02)


def test_a_capsule_has_its_length_and_radius():
    grid = PhantomGrid.centred((60, 60, 60), (1.0, 1.0, 1.0))
    shape = capsule(grid, (-10, 0, 0), (10, 0, 0), 6.0)
    volume = float(occupancy(shape.values).sum())
    assert volume == pytest.approx(np.pi * 36 * 20 + 4 / 3 * np.pi * 216, rel=0.02)


def test_a_shape_outside_the_grid_has_an_empty_box():
    grid = PhantomGrid.centred((8, 8, 8), (1.0, 1.0, 1.0))
    assert is_empty(capsule(grid, (100, 0, 0), (120, 0, 0), 3.0).box)


def test_smooth_max_equals_max_away_from_the_edge():
    a, b = np.float32([0.0, 5.0, -3.0]), np.float32([9.0, -9.0, 7.0])
    assert np.array_equal(smooth_max(a, b, 2.0), np.maximum(a, b))
    assert smooth_max(np.float32([0.0]), np.float32([0.0]), 2.0)[0] == pytest.approx(0.5)


def test_noise_is_standard_and_the_same_on_every_box():
    grid = PhantomGrid.centred((40, 80, 80), (5.0, 2.0, 2.0))
    noise = SmoothNoise.draw(grid, np.random.default_rng(0), 15.0)
    whole = noise.at(grid.everywhere)
    assert abs(whole.mean()) < 0.1
    assert whole.std() == pytest.approx(1.0, abs=0.1)
    box = (slice(3, 9), slice(20, 50), slice(70, 80))
    assert np.allclose(noise.at(box), whole[box], atol=1e-5)
