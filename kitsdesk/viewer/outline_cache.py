"""Painter paths of the masks' outlines, kept per slice until that slice changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QPainterPath, QPolygonF

from kitsdesk.viewer.canvas_style import DRAW_ORDER
from kitsdesk.viewer.contours import structure_contours
from kitsdesk.viewer.planes import Plane
from kitsdesk.viewer.scene import Box, Triple

Paths = dict[int, QPainterPath]
SLICES_KEPT = 64


class OutlineCache:
    """The outlines of one mask in one plane; x of a path is the column, y the row, in mm."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self._mask: NDArray[np.uint8] | None = None
        self._paths: OrderedDict[int, Paths] = OrderedDict()

    def set_mask(self, mask: NDArray[np.uint8] | None) -> None:
        """Use another (z, y, x) mask; the same array keeps what is known of it."""
        if mask is not self._mask:
            self._mask = mask
            self._paths.clear()

    def invalidate(self, box: Box | None) -> None:
        """Forget the slices that a changed box touches, all of them for None."""
        if box is None:
            self._paths.clear()
            return
        low, high = box[2 * self.plane.axis], box[2 * self.plane.axis + 1]
        for index in [index for index in self._paths if low <= index < high]:
            del self._paths[index]

    def paths(self, index: int, spacing: Triple) -> Paths:
        """Return a path for each structure that the slice holds."""
        if self._mask is None or not 0 <= index < self._mask.shape[self.plane.axis]:
            return {}
        if index not in self._paths:
            labels = np.ascontiguousarray(cut(self._mask, self.plane.axis, index))
            step = np.array([spacing[self.plane.row], spacing[self.plane.column]])
            self._paths[index] = slice_paths(labels, step)
            while len(self._paths) > SLICES_KEPT:
                self._paths.popitem(last=False)
        self._paths.move_to_end(index)
        return self._paths[index]


def cut(array: NDArray[Any], axis: int, index: int) -> NDArray[Any]:
    """Return one slice of a (z, y, x) array without copying it."""
    place: list[slice | int] = [slice(None)] * 3
    place[axis] = index
    return array[tuple(place)]


def slice_paths(labels: NDArray[np.uint8], step: NDArray[np.float64]) -> Paths:
    """Return painter paths in mm of the structures of a (rows, columns) slice."""
    if not labels.any():
        return {}
    found: Paths = {}
    for structure in DRAW_ORDER:
        path = QPainterPath()
        for line in structure_contours(labels, structure):
            path.addPolygon(polygon(line * step))
        if not path.isEmpty():
            found[structure] = path
    return found


def polygon(points: NDArray[np.float64]) -> QPolygonF:
    """Return (n, 2) points (row, column) as a polygon with x = column, y = row."""
    return QPolygonF([QPointF(column, row) for row, column in points.tolist()])
