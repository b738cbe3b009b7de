from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.planes import AXIAL, CORONAL, SAGITTAL, Projection
from kitsdesk.viewer.scene import Scene
from kitsdesk.viewer.visible_region import visible_box
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

SIDE = 200.0


@pytest.fixture
def scene():
    """100 slices of 3 mm, 200 × 200 pixels of 1 mm, the crosshair in the middle."""
    identity = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    geometry = Geometry((200, 200, 100), (1.0, 1.0, 3.0), (0, 0, 0), identity)
    volume = Volume(np.zeros((100, 200, 200), np.int16), geometry)
    return Scene(volume=volume, crosshair=(150.0, 100.0, 100.0))


def shown(plane, row, column, zoom):
    """A canvas whose picture left of the rail is SIDE px, centred on (row, column) mm."""
    width = SIDE + style.RAIL_PX
    middle = column + style.RAIL_PX / 2 / zoom
    return Projection(plane, width, SIDE, row_mm=row, column_mm=middle, zoom=zoom)


def test_what_all_three_canvases_show(scene):
    canvases = [
        shown(AXIAL, 100, 100, 2.0),
        shown(CORONAL, 150, 100, 4.0),
        shown(SAGITTAL, 150, 100, 1.0),
    ]
    assert visible_box(canvases, scene) == (42, 59, 50, 151, 75, 126)


def test_an_axis_that_no_canvas_shows_is_taken_around_the_crosshair(scene):
    assert visible_box([shown(AXIAL, 100, 100, 2.0)], scene)[:2] == (37, 64)
    assert visible_box([], scene)[2:] == (60, 141, 60, 141)


def test_the_whole_volume_and_nothing_of_it(scene):
    whole = [shown(AXIAL, 100, 100, 0.1), shown(CORONAL, 150, 100, 0.1)]
    assert visible_box(whole, scene) == (0, 100, 0, 200, 0, 200)
    assert visible_box([shown(AXIAL, 900, 100, 2.0)], scene) is None
    assert visible_box([], Scene()) is None
