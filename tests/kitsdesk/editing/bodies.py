"""Small bodies that the editing tests draw on: boxes and balls in a noisy image."""

from __future__ import annotations

import numpy as np

from kitsdesk.editing.edit_scene import EditScene

SPACING = (3.0, 1.0, 1.0)


def ball(shape, centre, radius_mm, spacing=SPACING):
    grid = np.ogrid[tuple(slice(n) for n in shape)]
    square = sum(
        ((axis - c) * step) ** 2 for axis, c, step in zip(grid, centre, spacing, strict=True)
    )
    return square <= radius_mm**2


def scene(mask, image=None, spacing=SPACING, **options):
    return EditScene(mask, image, spacing, **options)


def blank(shape=(16, 60, 60)):
    return np.zeros(shape, np.uint8)


def after(patch, mask):
    """Return the mask with the patch made, and prove that undo gives the mask back."""
    assert patch is not None
    changed = mask.copy()
    patch.apply(changed)
    undone = changed.copy()
    patch.revert(undone)
    assert np.array_equal(undone, mask)
    return changed
