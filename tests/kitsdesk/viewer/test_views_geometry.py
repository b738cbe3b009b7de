"""Bright voxels at known LPS millimetres appear at the right pixels of every view."""

from __future__ import annotations

import math

import numpy as np
import pytest
from canvas_cases import IDENTITY, SHAPE, make_volume, picture

from trainer.imaging.orientation import to_spl

pytestmark = pytest.mark.gui

ABOUT_S = np.array(
    [[math.cos(0.2), -math.sin(0.2), 0], [math.sin(0.2), math.cos(0.2), 0], [0, 0, 1]]
)
ABOUT_L = np.array(
    [[1, 0, 0], [0, math.cos(0.15), -math.sin(0.15)], [0, math.sin(0.15), math.cos(0.15)]]
)
TURNED = tuple(float(v) for v in (ABOUT_S @ ABOUT_L).ravel())
DIRECTIONS = {
    "identity": IDENTITY,
    "flipped": (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0),
    "oblique": TURNED,
}


def bright_centre(pixels):
    """Return the (x, y) centre of what is nearly white and grey: voxels, not marks."""
    grey = (np.ptp(pixels, axis=2) < 12) & (pixels.min(axis=2) > 235)
    rows, columns = np.nonzero(grey)
    assert rows.size, "nothing bright on this canvas"
    return columns.mean() + 0.5, rows.mean() + 0.5


def show_block(quad, direction, index):
    """Show a case with one bright block of 3×3×3 voxels; return the LPS mm of its centre."""
    volume = make_volume(direction=direction)
    z, y, x = index
    volume.array[z - 1 : z + 2, y - 1 : y + 2, x - 1 : x + 2] = 900
    quad.set_case(volume, "block", None)
    mm = tuple(float(v) for v in volume.to_mm(index))
    return volume, mm


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
def test_the_file_position_of_a_voxel_is_its_lps_position(direction):
    volume = make_volume(direction=direction)
    file_affine = volume.geometry.affine()
    marker = np.zeros(tuple(reversed(volume.geometry.size)), np.int16)
    marker[5, 9, 12] = 1
    inner = np.argwhere(to_spl(marker, volume.geometry))[0]
    assert volume.to_mm(inner) == pytest.approx((file_affine @ [12, 9, 5, 1])[:3])


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
@pytest.mark.parametrize("view", ["axial", "coronal", "sagittal"])
def test_a_bright_block_is_where_the_crosshair_points(quad, direction, view):
    _volume, mm = show_block(quad, direction, (16, 9, 36))
    quad.set_crosshair(mm)
    canvas = quad.slices[view]
    x, y = bright_centre(picture(quad, view))
    point = quad.scene.from_lps(mm)
    expected = canvas.projection.to_canvas(point[canvas.plane.row], point[canvas.plane.column])
    assert (x, y) == pytest.approx(expected, abs=1.0)
    # The block is superior, anterior and left of the middle, whatever the file's axes.
    middle_x, middle_y = (canvas.width() - 32) / 2, canvas.height() / 2
    assert y < middle_y
    assert (x < middle_x) if view == "sagittal" else (x > middle_x)


@pytest.mark.parametrize("view", ["axial", "coronal", "sagittal"])
def test_one_mm_has_one_length_in_every_direction(quad, view):
    first, second = (6, 12, 12), (18, 30, 34)
    canvas = quad.slices[view]
    places = []
    for index in (first, second):
        volume, mm = show_block(quad, IDENTITY, index)
        quad.set_crosshair(mm)
        places.append(bright_centre(picture(quad, view)))
    axes = (canvas.plane.column, canvas.plane.row)
    for axis, one, two in zip(axes, *places, strict=True):
        mm = (second[axis] - first[axis]) * volume.spacing[axis]
        assert abs(two - one) == pytest.approx(mm * canvas.projection.zoom, abs=1.5)


def test_the_pointer_says_the_lps_position_under_it(quad):
    from PyQt6.QtCore import QPointF

    volume, mm = show_block(quad, DIRECTIONS["oblique"], (16, 9, 36))
    quad.set_crosshair(mm)
    for view in quad.slices.values():
        x, y = bright_centre(picture(quad, view.plane.name))
        found = quad.scene.to_lps(view.grid_at(QPointF(x, y)))
        assert np.linalg.norm(np.subtract(found, mm)) < max(volume.spacing) / 2


def test_the_mask_and_the_ct_lie_on_each_other(quad):
    volume, mm = show_block(quad, IDENTITY, (16, 9, 36))
    mask = np.zeros(SHAPE, np.uint8)
    mask[15:18, 8:11, 35:38] = 2
    quad.set_case(volume, "block", mask)
    quad.set_fill(True)
    quad.set_opacity(1.0)
    quad.set_crosshair(mm)
    for name, canvas in quad.slices.items():
        pixels = picture(quad, name)
        orange = (pixels[..., 0] > 230) & (pixels[..., 2] < 80) & (pixels[..., 1] > 110)
        rows, columns = np.nonzero(orange)
        point = quad.scene.from_lps(mm)
        expected = canvas.projection.to_canvas(point[canvas.plane.row], point[canvas.plane.column])
        assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(expected, abs=1.5)


def test_the_slice_rail_and_the_title_name_the_slice(quad):
    axial = quad.slices["axial"]
    quad.go_to_slice(0, 20)
    rail = axial.overlay.rail()
    assert rail.index_at(rail.y_of(20)) == 20
    # Superior is at the top of the axial rail.
    assert rail.y_of(SHAPE[0] - 1) < rail.y_of(0)
    assert axial.overlay.place() == f"21 / {SHAPE[0]}"
