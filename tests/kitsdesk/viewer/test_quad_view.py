from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from canvas_cases import SHAPE, make_mask, make_volume, picture, wait_painted

pytestmark = pytest.mark.gui

CYST_COLOUR = (243, 240, 160)


def has_colour(pixels, colour, tolerance=40):
    return int((np.abs(pixels - np.array(colour)).max(axis=2) < tolerance).sum())


def shown_mm(view):
    """Return where the slice that a canvas shows lies along its axis."""
    return view.canvas.model.dims.point[view.plane.axis]


def test_the_signals_say_painted_once_everything_is_there(quad, qtbot):
    with qtbot.waitSignal(quad.painted, timeout=15000):
        quad.set_case(make_volume(), "again", make_mask())
        assert not quad.is_painted()
    assert quad.is_painted()
    assert quad.volume_view.present == (1, 2)


def test_outlines_are_drawn_in_the_structures_colours(quad):
    pixels = picture(quad, "axial")
    assert has_colour(pixels, (56, 189, 248)) > 40
    assert has_colour(pixels, (255, 154, 31)) > 40
    quad.set_mask_visible(False)
    assert has_colour(picture(quad, "axial"), (255, 154, 31)) == 0


def test_the_prediction_alone_hides_the_working_mask(quad):
    prediction = np.zeros(SHAPE, np.uint8)
    prediction[6:18, 30:36, 30:40] = 3
    quad.set_prediction(prediction)
    both = picture(quad, "axial")
    assert has_colour(both, CYST_COLOUR) > 10
    assert has_colour(both, (255, 154, 31)) > 40
    quad.set_mask_source("prediction")
    alone = picture(quad, "axial")
    assert has_colour(alone, CYST_COLOUR) > 10
    assert has_colour(alone, (255, 154, 31)) == 0
    quad.set_mask_source("working_only")
    assert has_colour(picture(quad, "axial"), CYST_COLOUR) == 0


def test_a_disagreement_is_hatched_on_its_slices_only(quad):
    crop = np.ones((4, 6, 8), bool)
    quad.set_disagreements(
        [SimpleNamespace(crop=crop, box=(9, 13, 25, 31, 30, 38), prediction_only=True)]
    )
    quad.go_to_slice(0, 10)
    assert has_colour(picture(quad, "axial"), (200, 255, 61)) > 20
    quad.go_to_slice(0, 20)
    assert has_colour(picture(quad, "axial"), (200, 255, 61)) == 0
    quad.set_disagreements(())
    quad.go_to_slice(0, 10)
    assert has_colour(picture(quad, "axial"), (200, 255, 61)) == 0


def test_the_rail_shows_where_mask_and_disagreement_are(quad):
    area = tuple(np.zeros(n) for n in SHAPE)
    disputed = tuple(np.zeros(n) for n in SHAPE)
    area[0][4:10] = 50.0
    disputed[0][18:22] = 30.0
    quad.set_profiles(area, disputed)
    pixels = picture(quad, "axial")[:, -32:]
    rail = quad.slices["axial"].overlay.rail()
    lime = np.abs(pixels - np.array([200, 255, 61])).max(axis=2) < 40
    rows = np.flatnonzero(lime.any(axis=1))
    assert rows.min() >= rail.y_of(22) - 2
    assert rows.max() <= rail.y_of(17) + 2
    quad.set_profiles(None)


def test_side_by_side_shows_one_plane_with_each_mask(quad):
    prediction = np.zeros(SHAPE, np.uint8)
    prediction[6:18, 12:20, 10:20] = 3
    quad.set_prediction(prediction)
    quad.set_layout("side_by_side")
    left, right = picture(quad, "axial"), picture(quad, "coronal")
    assert has_colour(left, (255, 154, 31)) > 40
    assert has_colour(left, CYST_COLOUR) == 0
    assert has_colour(right, CYST_COLOUR) > 10
    assert has_colour(right, (255, 154, 31)) == 0
    second = quad.slices["coronal"]
    assert second.plane.name == "axial"
    assert shown_mm(second) == pytest.approx(quad.scene.index_of(0) * quad.scene.spacing[0])
    quad.step_canvas(second, 1)
    wait_painted(quad)
    assert shown_mm(second) == pytest.approx(quad.scene.index_of(0) * quad.scene.spacing[0])
    quad.set_layout("quad")
    assert second.plane.name == "coronal"
    assert second.canvas.model.dims.order == (1, 0, 2)


def test_the_crosshair_comes_back_into_sight(quad):
    view = quad.slices["axial"]
    quad.pan_canvas(view, 5000, 0)
    quad.set_crosshair(quad.crosshair())
    row, column = (quad.scene.crosshair[axis] for axis in (1, 2))
    x, y = view.projection.to_canvas(row, column)
    assert 0 < x < view.width() - 32
    assert 0 < y < view.height()


def test_crosshair_positions_are_lps_and_stay_in_the_volume(quad):
    mm = tuple(quad.scene.volume.to_mm((5, 6, 7)))
    quad.set_crosshair(mm)
    assert quad.crosshair() == pytest.approx(mm)
    quad.set_crosshair((1e6, 1e6, 1e6))
    index = quad.scene.volume.to_index(quad.crosshair())
    assert index == pytest.approx([n - 1 for n in SHAPE])


def test_surfaces_follow_edits_and_the_chosen_source(quad):
    mask = quad.scene.mask
    mask[10:16, 20:30, 30:44] = 3
    quad.refresh_mask((10, 16, 20, 30, 30, 44))
    wait_painted(quad)
    assert quad.volume_view.present == (1, 2, 3)
    prediction = np.zeros(SHAPE, np.uint8)
    prediction[6:18, 10:30, 8:22] = 1
    quad.set_prediction(prediction)
    quad.set_surface_source("prediction")
    wait_painted(quad)
    assert quad.volume_view.present == (1,)
    assert quad.volume_view.caption == "prediction"


def test_the_brush_is_drawn_at_the_pointer_in_every_view(quad):
    quad.set_brush_extent(12.0, "ball", "#FF00FF")
    quad.scene.pointer, quad.scene.pointer_view = quad.scene.crosshair, "axial"
    quad.touch()
    for name in quad.slices:
        assert has_colour(picture(quad, name), (255, 0, 255), 90) > 20, name
    quad.set_brush_extent(None)
    assert has_colour(picture(quad, "coronal"), (255, 0, 255), 90) == 0
    quad.scene.pointer = None


def test_no_case_is_black(quad):
    quad.clear()
    for name in quad.canvases():
        pixels = picture(quad, name)
        assert pixels[4:-4, 4:-4].max() == 0, name
    assert quad.crosshair() is not None


def test_the_picture_has_the_size_of_the_canvases(quad):
    image = quad.screenshot()
    ratio = quad.devicePixelRatioF()
    assert (image.width(), image.height()) == (800 * ratio, 640 * ratio)


def test_flickering_between_the_masks_makes_no_surface_again(quad, qtbot):
    quad.set_prediction(np.where(make_mask() > 0, 1, 0).astype(np.uint8))
    for source in ("prediction", "working"):
        quad.set_surface_source(source)
        wait_painted(quad)
    for source, present in (("prediction", (1,)), ("working", (1, 2))):
        quad.set_surface_source(source)
        assert not quad._surfaces._worker.busy
        assert quad.volume_view.present == present
    quad.refresh_mask()
    assert quad._surfaces.busy
    wait_painted(quad)
