from __future__ import annotations

import pytest

from kitsdesk.viewer.planes import AXIAL, CORONAL, PLANES, SAGITTAL, Projection


def test_letters_follow_the_axes_and_the_radiological_convention():
    assert AXIAL.letters == ("A", "P", "R", "L")
    assert CORONAL.letters == ("S", "I", "R", "L")
    assert SAGITTAL.letters == ("S", "I", "A", "P")


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES)
def test_canvas_and_plane_positions_are_inverse(plane):
    projection = Projection(plane, 400, 300, row_mm=12.0, column_mm=-7.0, zoom=2.5)
    x, y = projection.to_canvas(30.0, 5.0)
    assert projection.to_plane(x, y) == pytest.approx((30.0, 5.0))
    assert projection.to_canvas(12.0, -7.0) == (200, 150)


def test_superior_is_up_and_posterior_is_down():
    coronal = Projection(CORONAL, 100, 100)
    assert coronal.to_canvas(10, 0)[1] < coronal.to_canvas(0, 0)[1]
    axial = Projection(AXIAL, 100, 100)
    assert axial.to_canvas(10, 0)[1] > axial.to_canvas(0, 0)[1]


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES)
def test_zoom_keeps_the_point_under_the_pointer(plane):
    projection = Projection(plane, 400, 300, 12.0, -7.0, 2.0)
    before = projection.to_plane(33.0, 250.0)
    zoomed = projection.zoomed(1.7, 33.0, 250.0)
    assert zoomed.zoom == pytest.approx(3.4)
    assert zoomed.to_plane(33.0, 250.0) == pytest.approx(before)


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES)
def test_pan_moves_the_picture_with_the_pointer(plane):
    projection = Projection(plane, 400, 300, 12.0, -7.0, 2.0)
    x, y = projection.to_canvas(20.0, 3.0)
    assert projection.panned(15, -9).to_canvas(20.0, 3.0) == pytest.approx((x + 15, y - 9))


def test_a_fitted_box_lies_centred_beside_the_rail():
    low, high = (0.0, 0.0, 0.0), (50.0, 100.0, 200.0)
    projection = Projection(AXIAL, 432, 300)
    zoom = projection.zoom_to_fit(low, high, 32)
    assert zoom == pytest.approx(2.0)
    fitted = projection.fitted(low, high, zoom, 32)
    left, _ = fitted.to_canvas(0, 0)
    right, _ = fitted.to_canvas(0, 200)
    assert (left, right) == pytest.approx((0, 400))
