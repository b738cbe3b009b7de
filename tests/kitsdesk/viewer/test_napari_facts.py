"""The facts about napari that the canvases rely on; a new napari must keep every one."""

from __future__ import annotations

import numpy as np
import pytest
from canvas_cases import SHAPE, make_mask, make_volume, picture, wait_painted
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

pytestmark = pytest.mark.gui

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SINGLE = (*"1234567EPFLZMBV", "BracketLeft", "Equal", "Minus", "Delete")


def state(model):
    camera = model.scene.camera
    return (
        model.dims.order,
        model.dims.ndisplay,
        tuple(model.dims.point),
        model.canvas.grid.enabled,
        tuple(camera.center),
        camera.zoom,
        [(layer.name, str(layer.mode), layer.visible) for layer in model.layers],
    )


def test_no_key_reaches_a_napari_binding(quad):
    wait_painted(quad)
    keys = [(getattr(Qt.Key, f"Key_{name}"), NONE) for name in SINGLE]
    keys += [(getattr(Qt.Key, f"Key_{name}"), CTRL) for name in "EGTYR"]
    for name, view in quad.canvases().items():
        before = state(view.canvas.model)
        for widget in (view.overlay, view.canvas.native, view.canvas.widget):
            for key, modifiers in keys:
                QTest.keyClick(widget, key, modifiers)
        QApplication.processEvents()
        assert state(view.canvas.model) == before, name


def test_napari_widgets_take_no_focus_and_no_drops(quad):
    for view in quad.canvases().values():
        for widget in view.canvas.widgets():
            assert not widget.acceptDrops()
        view.canvas.native.setFocus()
        assert view.canvas.native.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_three_canvases_share_the_live_arrays(quad):
    volume, mask = make_volume(), make_mask()
    quad.set_case(volume, "case", mask)
    quad.set_fill(True)
    wait_painted(quad)
    for view in quad.slices.values():
        assert np.shares_memory(view.layers.ct.data, volume.array)
        assert np.shares_memory(view.layers.fill.data, mask)


def test_a_written_voxel_shows_after_a_refresh_and_napari_keeps_no_history(quad):
    mask = make_mask()
    quad.set_case(make_volume(), "case", mask)
    quad.set_fill(True)
    quad.set_opacity(1.0)
    z = quad.scene.index_of(0)
    before = picture(quad, "axial")
    mask[z, 30:36, 24:40] = 1
    quad.refresh_mask((z, z + 1, 30, 36, 24, 40))
    after = picture(quad, "axial")
    changed = np.argwhere(np.abs(after - before).sum(axis=2) > 60)
    canvas = quad.slices["axial"]
    low = canvas.projection.to_canvas(29.0 * 1.5, 23.0 * 1.5)
    high = canvas.projection.to_canvas(36.0 * 1.5, 40.0 * 1.5)
    assert len(changed) > 50
    assert changed[:, 1].min() >= low[0] - 3
    assert changed[:, 1].max() <= high[0] + 3
    for view in quad.slices.values():
        assert len(view.layers.fill._undo_history) == 0
        assert len(view.layers.fill._redo_history) == 0


def shown_slice(dims, axis):
    """The slice of the CT that napari shows: its point is in mm, from the first slice's middle."""
    return round(dims.point[axis] / make_volume().spacing[axis])


def test_another_case_keeps_the_layers_and_shows_its_own_slice(quad):
    layers = {name: list(view.canvas.model.layers) for name, view in quad.slices.items()}
    bigger = make_volume(np.full((40, 60, 50), -100, np.int16))
    mask = np.zeros((40, 60, 50), np.uint8)
    mask[30, 50, 40] = 1
    quad.set_fill(True)
    quad.set_case(bigger, "bigger", mask)
    quad.set_case(make_volume(), "smaller", make_mask())
    for name, view in quad.slices.items():
        assert list(view.canvas.model.layers) == layers[name]
        dims = view.canvas.model.dims
        axis = view.plane.axis
        assert shown_slice(dims, axis) == quad.scene.index_of(axis)
        assert view.layers.ct.data.shape == SHAPE


@pytest.mark.parametrize("change", ["fill", "prediction", "source", "overlay", "slab", "hidden"])
def test_no_choice_of_what_is_shown_moves_the_slice(quad, change):
    quad.go_to_slice(0, 8)
    quad.go_to_slice(1, 13)
    other = np.zeros(SHAPE, np.uint8)
    {
        "fill": lambda: quad.set_fill(True),
        "prediction": lambda: quad.set_prediction(other),
        "source": lambda: (
            quad.set_fill(True),
            quad.set_prediction(other),
            quad.set_mask_source("prediction"),
        ),
        "overlay": lambda: quad.set_overlay("votes", other),
        "slab": lambda: quad.set_slab(5),
        "hidden": lambda: (quad.set_fill(True), quad.set_mask_visible(False)),
    }[change]()
    wait_painted(quad)
    for view in quad.slices.values():
        axis = view.plane.axis
        assert shown_slice(view.canvas.model.dims, axis) == quad.scene.index_of(axis)
    quad.set_overlay("none")


def test_a_slab_averages_the_slices_around(quad):
    array = np.full(SHAPE, -160, np.int16)
    array[12] = 240
    quad.set_case(make_volume(array), "slab", None)
    quad.go_to_slice(0, 11)
    thin = picture(quad, "axial")
    quad.set_slab(9.0)
    thick = picture(quad, "axial")
    canvas = quad.slices["axial"]
    x, y = (round(v) for v in canvas.projection.to_canvas(20 * 1.5, 20 * 1.5))
    # Black is −160 HU and white 240, so one white slice of three is a third of white.
    assert thin[y, x].tolist() == [0, 0, 0]
    assert thick[y, x, 0] == pytest.approx(255 / 3, abs=6)


def test_the_users_napari_settings_are_left_alone(quad):
    from napari.settings import get_settings

    assert get_settings().config_path is None
