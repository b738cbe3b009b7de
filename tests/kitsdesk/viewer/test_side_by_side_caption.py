"""What the left picture of side by side says that it shows."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.gui


@pytest.fixture
def beside(quad):
    quad.set_mask_caption("reference")
    quad.set_layout("side_by_side")
    yield quad
    quad.set_layout("quad")


def left(quad):
    return quad.slices["axial"].overlay.place()


def test_the_caption_follows_the_mask_that_is_drawn(beside):
    assert left(beside).endswith("· reference")
    assert beside.slices["coronal"].overlay.place().endswith("· prediction")
    beside.set_mask_caption("working mask, edited from the reference")
    assert left(beside).endswith("· working mask, edited from the reference")
    assert beside.slices["axial"].filled_mask() is beside.scene.mask


def test_what_is_said_elsewhere_is_true_when_the_layout_is_chosen(quad):
    quad.set_mask_caption("working mask r2")
    assert "working mask" not in left(quad)
    quad.set_layout("side_by_side")
    assert left(quad).endswith("· working mask r2")
    quad.set_layout("quad")
    assert "working mask" not in left(quad)
