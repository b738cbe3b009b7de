"""Which measure a click meant, and which lie on the slices shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.controllers.drawn_shape import DrawnShape
from kitsdesk.controllers.views import Millimetres
from trainer.imaging.volume import Volume

# About 8 px at the zoom a kidney is read at.
REACH_MM = 2.5
_AXIS = {"axial": 0, "coronal": 1, "sagittal": 2}
Floats = NDArray[np.float64]


def on_slice(volume: Volume, shape: DrawnShape, index: Any) -> bool:
    """Return whether a measure lies on the slice through a fractional (z, y, x) index."""
    axis = _AXIS[shape.view]
    return bool(round(float(volume.to_index(shape.points[0])[axis])) == round(float(index[axis])))


def measure_at(
    volume: Volume, shapes: Sequence[DrawnShape], view: str, mm: Millimetres
) -> DrawnShape | None:
    """Return the measure nearest to an LPS place, None where none is within 2.5 mm.

    Only measures of that plane and slice count; of an ellipse its line, not its inside.
    """
    index = volume.to_index(mm)
    near = [
        (_distance(volume, shape, np.asarray(index, float)), place)
        for place, shape in enumerate(shapes)
        if shape.view == view and on_slice(volume, shape, index)
    ]
    nearest = min(near, default=(np.inf, 0))
    return shapes[nearest[1]] if nearest[0] <= REACH_MM else None


def _distance(volume: Volume, shape: DrawnShape, index: Floats) -> float:
    """Return the mm in the plane from a place to a measure's line."""
    spacing = np.asarray(volume.spacing, float)
    start, end = (np.asarray(volume.to_index(p), float) * spacing for p in shape.points[:2])
    at = index * spacing
    inside = [axis for axis in range(3) if axis != _AXIS[shape.view]]
    start, end, at = start[inside], end[inside], at[inside]
    if shape.kind == "ellipse":
        half = np.maximum(np.abs(end - start) / 2, 1e-6)
        turn = np.linspace(0, 2 * np.pi, 181)
        line = (start + end) / 2 + half * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        return float(np.linalg.norm(line - at, axis=1).min())
    along = end - start
    part = np.clip(np.dot(at - start, along) / max(float(np.dot(along, along)), 1e-9), 0, 1)
    return float(np.linalg.norm(start + part * along - at))
