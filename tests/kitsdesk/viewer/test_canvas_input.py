"""The mouse and the keys do what the window's table of keys says, and nothing of napari's."""

from __future__ import annotations

import pytest
from canvas_cases import wait_painted
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence, QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

pytestmark = pytest.mark.gui

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def overlay(quad, view="axial"):
    return quad.canvases()[view].overlay


def mouse(widget, kind, x, y, button=LEFT, buttons=None, modifiers=NONE):
    """Send one mouse event with all of its parts under control."""
    if buttons is None:
        released = kind == QEvent.Type.MouseButtonRelease
        buttons = Qt.MouseButton.NoButton if released else button
    place = QPointF(x, y)
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, buttons, modifiers)
    QApplication.sendEvent(widget, event)


def drag(widget, start, end, button=LEFT, modifiers=NONE):
    mouse(widget, QEvent.Type.MouseButtonPress, *start, button, modifiers=modifiers)
    mouse(widget, QEvent.Type.MouseMove, *end, Qt.MouseButton.NoButton, button, modifiers=modifiers)
    mouse(widget, QEvent.Type.MouseButtonRelease, *end, button, modifiers=modifiers)


def wheel(widget, steps, modifiers=NONE, at=(100, 100), sideways=False):
    place = QPointF(*at)
    delta = QPoint(120 * steps, 0) if sideways else QPoint(0, 120 * steps)
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.fixture
def heard(quad):
    """Collect what the quad view says during a test."""
    names = ("pointer", "crosshairMoved", "windowChanged", "keyPressed", "keyReleased")
    names += ("sizeStep", "filesDropped", "layoutChanged")
    said = {name: [] for name in names}
    slots = {}
    for name in names:
        slots[name] = lambda *values, name=name: said[name].append(
            values[0] if len(values) == 1 else values
        )
        getattr(quad, name).connect(slots[name])
    yield said
    for name, slot in slots.items():
        getattr(quad, name).disconnect(slot)


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


def test_holding_c_moves_the_crosshair_in_any_tool(quad, heard):
    quad.set_navigation(False)
    axial = overlay(quad)
    axial.setFocus()
    before = quad.crosshair()
    QTest.keyPress(axial, Qt.Key.Key_C)
    drag(axial, (90, 90), (95, 120))
    QTest.keyRelease(axial, Qt.Key.Key_C)
    assert quad.crosshair() != before
    assert not [event for event in heard["pointer"] if event.kind in ("press", "release")]


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


def test_single_keys_are_reported_with_the_view_that_has_them(quad, heard):
    sagittal = overlay(quad, "sagittal")
    sagittal.setFocus()
    QTest.keyClick(sagittal, Qt.Key.Key_2)
    QTest.keyClick(sagittal, Qt.Key.Key_Up)
    assert [(key.key, key.view) for key in heard["keyPressed"]] == [
        (Qt.Key.Key_2, "sagittal"),
        (Qt.Key.Key_Up, "sagittal"),
    ]
    assert len(heard["keyReleased"]) == 2


def test_a_hold_ends_when_the_canvases_lose_the_focus(quad, heard, qtbot):
    axial = overlay(quad)
    axial.setFocus()
    QTest.keyPress(axial, Qt.Key.Key_H)
    overlay(quad, "coronal").setFocus()
    QApplication.processEvents()
    assert heard["keyReleased"] == []
    overlay(quad, "coronal").clearFocus()
    QApplication.processEvents()
    assert [key.key for key in heard["keyReleased"]] == [Qt.Key.Key_H]


def test_the_canvas_wins_single_keys_and_the_window_its_shortcuts(quad, heard):
    done = []
    actions = []
    for keys in ("B", "Ctrl+Z", "F1"):
        action = QAction(quad)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked, keys=keys: done.append(keys))
        quad.addAction(action)
        actions.append(action)
    axial = overlay(quad)
    axial.setFocus()
    QApplication.processEvents()
    QTest.keyClick(axial, Qt.Key.Key_B)
    QTest.keyClick(axial, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(axial, Qt.Key.Key_F1)
    for action in actions:
        quad.removeAction(action)
    keys = [key.key for key in heard["keyPressed"] if key.key != Qt.Key.Key_Control]
    assert keys == [Qt.Key.Key_B]
    assert done == ["Ctrl+Z", "F1"]


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


def test_the_pointer_brings_the_keys_to_its_canvas(quad):
    from PyQt6.QtGui import QEnterEvent

    place = QPointF(40, 40)
    QApplication.sendEvent(overlay(quad, "coronal"), QEnterEvent(place, place, place))
    assert quad.active_view() == "coronal"
    assert overlay(quad, "coronal").hasFocus()


def test_turning_the_surfaces_moves_the_letters_with_them(quad):
    wait_painted(quad)
    solid = quad.volume_view
    drag(solid.overlay, (100, 100), (100 + 200, 100))
    assert solid.orbit.letters()[3] == "A"
    quad.reset_views()
    assert solid.orbit.letters() == ("S", "I", "R", "L")
