"""One set of canvases for all tests of the viewer: building them costs seconds."""

from __future__ import annotations

import os
import sys

import pytest
from canvas_cases import make_mask, make_volume


@pytest.fixture(scope="session")
def shared_quad(qapp):
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        pytest.skip("the canvases need an X display (make test brings one)")
    from kitsdesk.viewer.quad import QuadView

    quad = QuadView()
    quad.resize(800, 640)
    quad.show()
    quad.activateWindow()
    qapp.processEvents()
    yield quad
    quad.close()
    quad.deleteLater()
    qapp.processEvents()


@pytest.fixture
def quad(shared_quad):
    """Return the canvases with a small case, everything else at its default."""
    quad = shared_quad
    quad.set_layout("quad")
    quad.set_navigation(True)
    quad.set_surface_source("working")
    quad.set_window(400, 40)
    scene = quad.scene
    scene.source, scene.mask_visible, scene.fill, scene.opacity = "working", True, False, 0.6
    scene.slab_mm, scene.brush, scene.stroke = 0.0, None, False
    quad.set_case(make_volume(), "case_00700", make_mask())
    return quad


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
