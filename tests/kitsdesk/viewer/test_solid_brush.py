"""The brush's extent on the 3D canvas: its size and place in px, and when it is painted."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from canvas_cases import picture, wait_painted
from canvas_events import LEFT, drag, mouse, overlay, wheel
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication

pytestmark = pytest.mark.gui

MAGENTA = (255, 0, 255)
BALL_MM = 12.0
BRUSH_AT = (120, 130)


@pytest.fixture
def brush(quad):
    """Show a magenta brush; the test says of which shape and where the pointer is."""
    wait_painted(quad)
    yield lambda shape: quad.set_brush_extent(BALL_MM, shape, "#FF00FF")
    quad.set_brush_extent(None)
    quad.scene.pointer, quad.scene.pointer_view, quad.scene.stroke = None, "", False


def point_at(quad, view, place=BRUSH_AT):
    """Hover over a slice canvas; the brush is then at the pointer's place."""
    none = Qt.MouseButton.NoButton
    mouse(overlay(quad, view), QEvent.Type.MouseMove, *place, none, none)
    wait_painted(quad)


def extent(quad):
    """Return the (left, top, right, bottom) px around what is magenta on the 3D canvas."""
    apart = np.abs(picture(quad, "3d") - np.array(MAGENTA)).max(axis=2)
    rows, columns = np.nonzero(apart < 110)
    assert rows.size, "no brush on the 3D canvas"
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def expected_centre(quad):
    """Return the px of the brush's centre as napari's camera, from the front, sees it."""
    solid, pointer = quad.volume_view, quad.scene.pointer
    camera = solid.canvas.model.scene.camera
    _anterior, inferior, left = camera.center
    x = solid.width() / 2 + (pointer[2] - left) * camera.zoom
    y = solid.height() / 2 + (-pointer[0] - inferior) * camera.zoom
    return x, y


@contextmanager
def counted(quad):
    """Count, by name, how often the overlays are painted, and OpenGL's paintings of 3D."""
    counts = dict.fromkeys((*quad.canvases(), "opengl"), 0)

    def counter(name):
        return lambda *_of: counts.__setitem__(name, counts[name] + 1)

    slots = {name: counter(name) for name in counts}
    drawn = quad.volume_view.canvas.widget.canvas._scene_canvas.events.draw
    for name, view in quad.canvases().items():
        view.overlay.painted.connect(slots[name])
    drawn.connect(slots["opengl"])
    yield counts
    for name, view in quad.canvases().items():
        view.overlay.painted.disconnect(slots[name])
    drawn.disconnect(slots["opengl"])


@pytest.mark.parametrize("turn", [(0, 0), (60, 30)], ids=["front", "turned"])
def test_the_projection_is_that_of_the_surfaces(quad, turn):
    wait_painted(quad)
    solid = quad.volume_view
    solid.zoom_by(0.8)
    drag(solid.overlay, (100, 100), (100 + turn[0], 100 + turn[1]))
    wait_painted(quad)
    frame = solid.canvas.frame().convertToFormat(solid.canvas.frame().Format.Format_RGB888)
    ratio = quad.devicePixelRatioF()
    data = frame.constBits().asarray(frame.sizeInBytes())
    lines = np.frombuffer(data, np.uint8).reshape(frame.height(), frame.bytesPerLine())
    pixels = lines[:, : frame.width() * 3].reshape(frame.height(), frame.width(), 3)
    rows, columns = np.nonzero(pixels.max(axis=2) > 8)
    points = np.concatenate([mesh.vertices for mesh in quad._surfaces._meshes.values()])
    placed = solid.projection().to_canvas(points.astype(float))
    seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / ratio
    assert seen == pytest.approx([*placed.min(axis=0), *placed.max(axis=0)], abs=2.0)


def test_a_ball_is_a_circle_of_its_diameter_at_the_pointer(quad, brush):
    brush("ball")
    point_at(quad, "axial")
    left, top, right, bottom = extent(quad)
    across = BALL_MM * quad.volume_view.projection().zoom
    assert (right - left, bottom - top) == pytest.approx((across, across), abs=4)
    middle = ((left + right) / 2, (top + bottom) / 2)
    assert middle == pytest.approx(expected_centre(quad), abs=2)
    drag(quad.volume_view.overlay, (100, 100), (160, 140))
    left, top, right, bottom = extent(quad)
    assert (right - left, bottom - top) == pytest.approx((across, across), abs=4)


def test_a_disc_is_seen_as_its_plane_lies(quad, brush):
    brush("disc")
    zoom = quad.volume_view.projection().zoom
    point_at(quad, "coronal")
    left, top, right, bottom = extent(quad)
    whole = BALL_MM * zoom
    assert (right - left, bottom - top) == pytest.approx((whole, whole), abs=4)
    point_at(quad, "axial")
    left, top, right, bottom = extent(quad)
    assert right - left == pytest.approx(whole, abs=4)
    assert bottom - top <= 6, "an axial disc has no height from the front"
    solid = quad.volume_view
    drag(solid.overlay, (100, 100), (100, 180))
    left, top, right, bottom = extent(quad)
    height = whole * np.sin(np.radians(solid.orbit.elevation))
    assert (right - left, bottom - top) == pytest.approx((whole, height), abs=4)


def test_scrolling_moves_the_brush_and_paints_no_surface(quad, brush):
    brush("ball")
    point_at(quad, "axial")
    _left, before, _right, _bottom = extent(quad)
    with counted(quad) as counts:
        wheel(overlay(quad, "axial"), 4, at=BRUSH_AT)
        wait_painted(quad)
        assert counts["3d"] >= 1
        assert counts["opengl"] == 0
    _left, after, _right, _bottom = extent(quad)
    up = 4 * quad.scene.spacing[0] * quad.volume_view.projection().zoom
    assert before - after == pytest.approx(up, abs=2)


def test_without_a_brush_nothing_of_the_3d_canvas_is_painted(quad, brush):
    with counted(quad) as counts:
        point_at(quad, "axial")
        point_at(quad, "axial", (140, 150))
        wheel(overlay(quad, "axial"), 2, at=BRUSH_AT)
        wait_painted(quad)
        assert counts["axial"] > 0
        assert (counts["3d"], counts["opengl"]) == (0, 0)


def test_a_brush_that_lies_still_is_not_painted_again(quad, brush):
    brush("ball")
    point_at(quad, "axial")
    with counted(quad) as counts:
        quad.set_window(380, 50)
        wait_painted(quad)
        assert counts["axial"] == 1
        assert counts["3d"] == 0


def test_the_brush_goes_with_the_pointer_and_with_the_tool(quad, brush):
    brush("ball")
    point_at(quad, "axial")
    assert extent(quad)
    quad.set_brush_extent(None)
    apart = np.abs(picture(quad, "3d") - np.array(MAGENTA)).max(axis=2)
    assert apart.min() > 110


def test_a_stroke_paints_the_3d_canvas_no_more_than_the_other_views(quad, brush):
    quad.set_navigation(False)
    brush("ball")
    point_at(quad, "axial")
    axial = overlay(quad, "axial")
    with counted(quad) as counts:
        mouse(axial, QEvent.Type.MouseButtonPress, *BRUSH_AT)
        for step in range(40):
            place = (BRUSH_AT[0] + step, BRUSH_AT[1])
            mouse(axial, QEvent.Type.MouseMove, *place, Qt.MouseButton.NoButton, LEFT)
            for _turn in range(3):
                QApplication.processEvents()
        mouse(axial, QEvent.Type.MouseButtonRelease, *place)
        wait_painted(quad)
        others = max(counts["coronal"], counts["sagittal"])
        # One more at most: where the stroke ended.
        assert 0 < counts["3d"] <= others + 1
        assert quad.volume_view.overlay.brush.centre == pytest.approx(quad.scene.pointer)
