"""Read, show, edit, write, for every axis order and for oblique grids; nibabel is the judge."""

from __future__ import annotations

from itertools import permutations, product

import nibabel
import numpy as np
import pytest
from canvas_cases import picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF
from scipy.spatial.transform import Rotation
from test_views_geometry import bright_centre

from trainer.imaging.mask_file import write_mask
from trainer.imaging.reader import read_image

pytestmark = pytest.mark.gui
SHAPE, SPACING = (30, 34, 38), np.array([1.4, 1.5, 1.6])
ORDERS = [
    np.eye(3)[:, axes] * signs
    for axes in permutations(range(3))
    for signs in product((1, -1), repeat=3)
]
LAPS = HealthCheck.function_scoped_fixture


def write_ct(path, cosines):
    """Write a CT with one bright block that lies to the patient's left, front and head; return
    the block's centre in RAS mm."""
    affine = np.eye(4)
    affine[:3, :3] = cosines * SPACING
    affine[:3, 3] = -(affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2))
    towards = np.linalg.solve(affine[:3, :3], (-9.0, 8.0, 10.0))
    index = np.round((np.array(SHAPE) - 1) / 2 + towards).astype(int)
    voxels = np.full(SHAPE, -100, np.int16)
    i, j, k = index
    voxels[i - 1 : i + 2, j - 1 : j + 2, k - 1 : k + 2] = 900
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return (affine @ (*index, 1))[:3]


def is_shown_and_edited_where_it_lies(quad, folder, cosines, sides=True):
    ras = write_ct(folder / "ct.nii.gz", cosines)
    volume = read_image(folder / "ct.nii.gz")
    quad.set_case(volume, "case", None)
    quad.set_crosshair((-ras[0], -ras[1], ras[2]))
    places = []
    for name, canvas in quad.slices.items():
        x, y = bright_centre(picture(quad, name))
        places.append(quad.scene.to_lps(canvas.grid_at(QPointF(x, y))))
        if sides:
            # Left of the patient on the right of the picture, front and head at the top.
            assert y < canvas.height() / 2
            middle = (canvas.width() - 32) / 2
            assert (x < middle) if name == "sagittal" else (x > middle)
    for place in places:
        assert np.linalg.norm(np.array(place) * (-1, -1, 1) - ras) < SPACING.max() / 2
    mask = np.zeros(volume.shape, np.uint8)
    z, y, x = np.round(volume.to_index(places[0])).astype(int)
    mask[z, y, x] = 2
    write_mask(folder / "mask.nii.gz", mask, volume.geometry)
    written = nibabel.load(folder / "mask.nii.gz")
    (found,) = np.argwhere(np.asarray(written.dataobj) == 2)
    assert np.allclose((written.affine @ (*found, 1))[:3], ras, atol=1e-3)
    assert written.shape == SHAPE


@pytest.mark.parametrize("number", range(48))
def test_every_axis_order(quad, tmp_path, number):
    is_shown_and_edited_where_it_lies(quad, tmp_path, ORDERS[number])


@given(st.tuples(*[st.floats(-3.1, 3.1)] * 3), st.integers(0, 47))
@settings(max_examples=15, deadline=None, suppress_health_check=[LAPS])
def test_every_oblique_grid(quad, tmp_path, angles, number):
    cosines = Rotation.from_euler("xyz", angles).as_matrix() @ ORDERS[number]
    is_shown_and_edited_where_it_lies(quad, tmp_path, cosines, sides=False)
