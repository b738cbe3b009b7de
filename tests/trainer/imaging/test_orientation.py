from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import from_spl, orientation_of, to_spl
from trainer.imaging.volume import Volume

SIZE = (4, 5, 6)
SPACING = (0.7, 1.1, 3.0)
ORIGIN = (-12.5, 40.0, 7.25)


def geometry(direction) -> Geometry:
    return Geometry(SIZE, SPACING, ORIGIN, tuple(np.asarray(direction, float).ravel()))


def axis_orders():
    for axes in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            matrix = np.zeros((3, 3))
            for column, (axis, sign) in enumerate(zip(axes, signs, strict=True)):
                matrix[axis, column] = sign
            yield matrix


def voxels() -> np.ndarray:
    return np.arange(np.prod(SIZE)).reshape(SIZE[::-1])


@pytest.mark.parametrize("direction", list(axis_orders()))
def test_every_axis_order_comes_back_and_keeps_its_millimetres(direction):
    grid = geometry(direction)
    inner = to_spl(voxels(), grid)
    assert inner.flags.c_contiguous
    assert np.array_equal(from_spl(inner, grid), voxels())
    volume = Volume(inner, grid)
    i, j, k = 3, 1, 4
    place = grid.affine() @ (i, j, k, 1)
    index = volume.to_index(place[:3])
    assert np.allclose(index, np.round(index), atol=1e-9)
    z, y, x = np.round(index).astype(int)
    assert inner[z, y, x] == voxels()[k, j, i]


@given(st.tuples(*[st.floats(-0.6, 0.6)] * 3), st.integers(0, 47))
@settings(max_examples=60, deadline=None)
def test_oblique_grids_grow_towards_superior_posterior_left(angles, order):
    turned = Rotation.from_euler("xyz", angles).as_matrix() @ list(axis_orders())[order]
    grid = geometry(turned)
    inner = to_spl(voxels(), grid)
    volume = Volume(inner, grid)
    assert np.array_equal(from_spl(inner, grid), voxels())
    steps = volume.affine[:3, :3] / np.array(volume.spacing)
    assert sum(steps[2 - axis, axis] for axis in range(3)) > 1.2
    index = np.array([1.5, 2.0, 0.5])
    assert np.allclose(volume.to_index(volume.to_mm(index)), index)


def test_kits_files_have_their_slices_on_the_first_file_axis():
    orientation = orientation_of((0, 0, 1, 0, 1, 0, -1, 0, 0))
    assert orientation.file_axis == (0, 1, 2)
    assert orientation.flipped == (True, False, False)
