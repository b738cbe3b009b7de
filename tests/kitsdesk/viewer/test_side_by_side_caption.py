"""What the left picture of side by side says that it shows."""

from __future__ import annotations

import numpy as np
import pytest
from canvas_cases import make_mask, picture

pytestmark = pytest.mark.gui


@pytest.fixture
def beside(quad):
    quad.set_mask_caption("reference")
    quad.set_layout("side_by_side")
    yield quad
    quad.set_layout("quad")
    quad.set_mask_caption("reference")


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


TUMOR = np.array([255, 154, 31])


def tumor_columns(quad, view):
    """Return the canvas columns in which the tumor's colour is drawn."""
    near = np.abs(picture(quad, view) - TUMOR).max(axis=2) < 60
    return np.flatnonzero(near.any(axis=0))


def test_the_reference_is_dotted_below_a_mask_that_is_no_longer_it(beside):
    reference = make_mask()
    beside.go_to_slice(0, 11)
    beside.scene.mask[9:14, 14:22, 13:16] = 1
    beside.refresh_mask()
    beside.set_mask_caption("working mask, edited from the reference")
    without = tumor_columns(beside, "axial")
    beside.set_mask_caption("working mask r1", (beside.scene.mask, reference))
    assert left(beside).endswith("· working mask r1 · reference dotted")
    shown = tumor_columns(beside, "axial")
    zoom, step = beside.slices["axial"].projection.zoom, beside.scene.spacing[2]
    assert shown.min() == pytest.approx(without.min(), abs=2)
    assert shown.max() - without.max() == pytest.approx(3 * step * zoom, abs=4)
    assert not tumor_columns(beside, "coronal").size, "the prediction's side shows none of it"
    beside.set_mask_caption("reference")
    assert tumor_columns(beside, "axial").max() == without.max()


def test_the_dotted_reference_is_neither_in_other_layouts_nor_of_another_case(beside):
    reference = np.where(make_mask() == 0, 2, 0).astype(np.uint8)
    beside.go_to_slice(0, 11)
    view = beside.slices["axial"]
    beside.set_mask_caption("working mask r1", (beside.scene.mask.copy(), reference))
    assert view.reference_paths(11) == {}
    beside.set_mask_caption("working mask r1", (beside.scene.mask, reference))
    assert set(view.reference_paths(11)) == {2}
    beside.set_layout("quad")
    assert view.reference_paths(11) == {}
