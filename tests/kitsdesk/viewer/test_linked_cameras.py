"""Zoom and pan of the slice views together, and each alone."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF

from kitsdesk.viewer import canvas_style as style

pytestmark = pytest.mark.gui


def middles(quad):
    """Return per canvas the grid mm in the middle of its picture, by array axis."""
    found = {}
    for name, view in quad.slices.items():
        projection, plane = view.projection, view.plane
        column = projection.column_mm - style.RAIL_PX / 2 / projection.zoom
        found[name] = {plane.row: projection.row_mm, plane.column: column}
    return found


@pytest.fixture
def linked(quad):
    quad.set_linked(True)
    quad.reset_views()
    yield quad
    quad.set_linked(True)
    quad.reset_views()


def test_zoom_in_one_view_zooms_all_about_their_shared_middle(linked):
    axial = linked.slices["axial"]
    linked.zoom_canvas(axial, 1.6, QPointF(90, 80))
    zooms = {view.projection.zoom for view in linked.slices.values()}
    assert zooms == {axial.projection.zoom}
    found = middles(linked)
    assert found["coronal"][2] == pytest.approx(found["axial"][2])
    assert found["sagittal"][1] == pytest.approx(found["axial"][1])


def test_pan_in_one_view_moves_the_axes_that_others_share_and_no_other(linked):
    before = middles(linked)
    linked.pan_canvas(linked.slices["axial"], 30, -20)
    after = middles(linked)
    assert after["axial"][2] != before["axial"][2]
    assert after["coronal"][2] == pytest.approx(after["axial"][2])
    assert after["sagittal"][1] == pytest.approx(after["axial"][1])
    assert after["coronal"][0] == pytest.approx(before["coronal"][0])
    assert after["sagittal"][0] == pytest.approx(before["sagittal"][0])


def test_unlinked_views_move_alone_and_follow_again_when_they_are_linked(linked):
    linked.set_linked(False)
    before = middles(linked)
    linked.pan_canvas(linked.slices["axial"], 30, -20)
    after = middles(linked)
    assert after["coronal"] == before["coronal"]
    linked.active_canvas = "axial"
    linked.set_linked(True)
    assert middles(linked)["coronal"][2] == pytest.approx(after["axial"][2])


def test_reference_and_prediction_side_by_side_show_the_same_place(linked, qapp):
    linked.set_layout("side_by_side")
    for _ in range(3):
        qapp.processEvents()
    left, right = linked.slices["axial"], linked.slices["coronal"]
    assert right.plane is left.plane
    linked.zoom_canvas(right, 1.5, QPointF(60, 60))
    linked.pan_canvas(left, 12, 9)
    assert right.projection == left.projection
    assert (left.source, right.source) == ("working_only", "prediction")
    linked.set_layout("quad")


def test_measures_are_drawn_in_their_plane_on_their_slice_alone(linked):
    from kitsdesk.viewer.scene import Shape
    from kitsdesk.viewer.shape_painting import on_slice

    at = linked.crosshair()
    for view, axis in (("axial", 2), ("coronal", 1), ("sagittal", 0)):
        shape = Shape("line", view, (at, at), "12 mm")
        assert on_slice(linked.scene, shape)
        away = list(at)
        away[axis] += 20.0
        assert not on_slice(linked.scene, Shape("line", view, (tuple(away), tuple(away))))
