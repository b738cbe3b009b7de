"""The mouse over a canvas does what the window's table of keys says, and nothing of napari's."""

from __future__ import annotations

import pytest
from canvas_cases import wait_painted
from canvas_events import CTRL, LEFT, MIDDLE, NONE, RIGHT, SHIFT, drag, mouse, overlay, wheel
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

pytestmark = pytest.mark.gui


@pytest.mark.parametrize(
    ("view", "axis", "up"), [("axial", 0, 1), ("coronal", 1, -1), ("sagittal", 2, -1)]
)
def test_the_wheel_changes_the_slice_towards_the_top_of_the_rail(quad, heard, view, axis, up):
    quad.go_to_slice(axis, 10)
    before = quad.scene.index_of(axis)
    wheel(overlay(quad, view), 2)
    assert quad.scene.index_of(axis) == before + 2 * up
    assert heard["crosshairMoved"][-1] == pytest.approx(quad.crosshair())


def test_slices_stop_at_the_ends(quad):
    quad.step_slice("axial", 10**6)
    assert quad.scene.index_of(0) == quad.scene.shape[0] - 1
    quad.step_slice("axial", -(10**6))
    assert quad.scene.index_of(0) == 0


def test_ctrl_wheel_zooms_about_the_pointer(quad):
    view = quad.slices["coronal"]
    zoom, under = view.projection.zoom, view.projection.to_plane(60, 70)
    wheel(view.overlay, 1, CTRL, at=(60, 70))
    assert view.projection.zoom > zoom
    assert view.projection.to_plane(60, 70) == pytest.approx(under)
    wait_painted(quad)
    # napari's own camera followed and kept its place when it drew.
    camera = view.canvas.model.scene.camera
    assert camera.zoom == pytest.approx(view.projection.zoom, rel=1e-4)
    centre = (view.projection.row_mm, view.projection.column_mm)
    assert camera.center[1:] == pytest.approx(centre, abs=1e-3)


def test_shift_wheel_steps_the_size_even_where_qt_turns_it_sideways(quad, heard):
    wheel(overlay(quad), 1, SHIFT)
    wheel(overlay(quad), -1, SHIFT, sideways=True)
    assert heard["sizeStep"] == [1, -1]
    assert heard["crosshairMoved"] == []


def test_half_steps_of_a_touchpad_add_up(quad):
    quad.go_to_slice(0, 10)
    for _ in range(4):
        place = QPointF(90, 90)
        QApplication.sendEvent(
            overlay(quad),
            QWheelEvent(
                place,
                place,
                QPoint(),
                QPoint(0, 60),
                Qt.MouseButton.NoButton,
                NONE,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )
    assert quad.scene.index_of(0) == 12


def test_left_drag_moves_the_crosshair_when_navigating(quad, heard):
    view = quad.slices["axial"]
    drag(view.overlay, (100, 100), (140, 90))
    expected = quad.scene.clamp(view.grid_at(QPointF(140, 90)))
    assert quad.scene.crosshair == pytest.approx(expected)
    assert heard["crosshairMoved"]


def test_a_tool_gets_the_left_button_alone(quad, heard):
    quad.set_navigation(False)
    before = quad.crosshair()
    drag(overlay(quad, "sagittal"), (100, 100), (120, 110), modifiers=CTRL)
    assert quad.crosshair() == before
    kinds = [event.kind for event in heard["pointer"]]
    assert kinds == ["press", "move", "release"]
    press, move, release = heard["pointer"]
    assert press.view == "sagittal"
    assert press.buttons == {"left"}
    assert press.modifiers == {"ctrl"}
    assert move.mm == pytest.approx(release.mm)
    assert release.buttons == frozenset()


def test_a_fast_second_press_reaches_a_tool_as_a_double(quad, heard):
    quad.set_navigation(False)
    mouse(overlay(quad), QEvent.Type.MouseButtonDblClick, 100, 100)
    mouse(overlay(quad), QEvent.Type.MouseButtonRelease, 100, 100)
    assert [event.kind for event in heard["pointer"]] == ["double", "release"]
    assert quad.layout_name() == "quad"


def test_the_crosshair_is_hidden_during_a_stroke_only(quad):
    quad.set_navigation(False)
    mouse(overlay(quad), QEvent.Type.MouseButtonPress, 100, 100)
    assert quad.scene.stroke
    mouse(overlay(quad), QEvent.Type.MouseButtonRelease, 100, 100)
    assert not quad.scene.stroke


def test_middle_drag_and_space_drag_pan(quad, heard):
    quad.set_navigation(False)
    view = quad.slices["axial"]
    point = view.projection.to_plane(100, 100)
    drag(view.overlay, (100, 100), (130, 80), MIDDLE)
    assert view.projection.to_plane(130, 80) == pytest.approx(point)
    view.overlay.setFocus()
    QTest.keyPress(view.overlay, Qt.Key.Key_Space)
    drag(view.overlay, (130, 80), (100, 100))
    QTest.keyRelease(view.overlay, Qt.Key.Key_Space)
    assert view.projection.to_plane(100, 100) == pytest.approx(point)
    assert not [event for event in heard["pointer"] if event.kind == "press"]


def test_right_drag_is_window_and_level(quad, heard):
    drag(overlay(quad), (100, 100), (120, 100), RIGHT)
    width, level = quad.window_level()
    assert width > 400
    assert level == 40
    drag(overlay(quad), (100, 100), (100, 130), RIGHT)
    assert quad.window_level()[1] > 40
    assert heard["windowChanged"][-1] == quad.window_level()
    limits = quad.slices["sagittal"].layers.ct.contrast_limits
    width, level = quad.window_level()
    assert limits == pytest.approx([level - width / 2, level + width / 2])


def test_double_click_maximises_and_brings_back(quad, heard):
    mouse(overlay(quad, "coronal"), QEvent.Type.MouseButtonDblClick, 100, 100)
    assert quad.layout_name() == "coronal"
    assert not quad.slices["axial"].isVisible()
    mouse(overlay(quad, "coronal"), QEvent.Type.MouseButtonDblClick, 100, 100)
    assert quad.layout_name() == "quad"
    assert heard["layoutChanged"] == ["coronal", "quad"]


def test_the_rail_jumps_to_a_slice(quad):
    axial = quad.slices["axial"]
    rail = axial.overlay.rail()
    mouse(axial.overlay, QEvent.Type.MouseButtonPress, axial.width() - 10, rail.y_of(17))
    assert quad.scene.index_of(0) == 17
    mouse(
        axial.overlay,
        QEvent.Type.MouseMove,
        axial.width() - 60,
        rail.y_of(3),
        Qt.MouseButton.NoButton,
        LEFT,
    )
    mouse(axial.overlay, QEvent.Type.MouseButtonRelease, axial.width() - 60, rail.y_of(3))
    assert quad.scene.index_of(0) == 3


def test_dropped_files_are_reported_and_not_opened_by_napari(quad, heard):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/case_00700"), QUrl("https://example.org/a")])
    axial = quad.slices["axial"]
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, LEFT, NONE)
    QApplication.sendEvent(axial.overlay, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(50, 50), copy, data, LEFT, NONE)
    QApplication.sendEvent(axial.overlay, drop)
    assert heard["filesDropped"] == [["/data/case_00700"]]
    assert len(axial.canvas.model.layers) == 3


def test_turning_the_surfaces_moves_the_letters_with_them(quad):
    wait_painted(quad)
    solid = quad.volume_view
    drag(solid.overlay, (100, 100), (100 + 200, 100))
    assert solid.orbit.letters()[3] == "A"
    quad.reset_views()
    assert solid.orbit.letters() == ("S", "I", "R", "L")
