"""Which part of the volume the slice canvases show together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.planes import Projection
from kitsdesk.viewer.scene import Box, Scene

# How far to either side of the crosshair an axis is taken that no canvas shows.
UNSEEN_MM = 40.0


def visible_box(projections: Sequence[Projection], scene: Scene) -> Box | None:
    """Return the voxels (z0, z1, y0, y1, x0, x1), ends excluded, that every canvas shows.

    An axis that no canvas shows reaches 40 mm to either side of the crosshair. None where
    nothing of the volume is in view, or there is none.
    """
    if scene.volume is None:
        return None
    spacing = np.array(scene.spacing)
    low, high = np.zeros(3), np.array(scene.shape, float)
    unseen = {0, 1, 2}
    for projection in projections:
        plane = projection.plane
        corners = [
            projection.to_plane(0, 0),
            projection.to_plane(projection.width - style.RAIL_PX, projection.height),
        ]
        for axis, ends in zip((plane.row, plane.column), zip(*corners, strict=True), strict=True):
            unseen.discard(axis)
            first, last = np.floor(np.sort(ends) / spacing[axis] + 0.5)
            low[axis], high[axis] = max(low[axis], first), min(high[axis], last + 1)
    for axis in unseen:
        centre = scene.crosshair[axis]
        low[axis] = max(low[axis], np.floor((centre - UNSEEN_MM) / spacing[axis] + 0.5))
        high[axis] = min(high[axis], np.floor((centre + UNSEEN_MM) / spacing[axis] + 0.5) + 1)
    if (low >= high).any():
        return None
    z0, y0, x0 = (int(value) for value in low)
    z1, y1, x1 = (int(value) for value in high)
    return (z0, z1, y0, y1, x0, x1)
