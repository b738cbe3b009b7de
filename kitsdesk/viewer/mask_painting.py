"""Outlines and hatches of masks, with pens whose width is the same at every zoom."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import numpy as np
from PyQt6.QtCore import QLineF, Qt
from PyQt6.QtGui import QBrush, QPainter, QPainterPath, QPen, QPixmap, QTransform

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour, cosmetic_pen
from kitsdesk.viewer.contours import structure_contours
from kitsdesk.viewer.outline_cache import Paths, cut, polygon
from kitsdesk.viewer.planes import Plane, Projection
from kitsdesk.viewer.scene import Disagreement, Triple

LineKind = Literal["solid", "dashed", "dotted"]
HATCH_TINT = 0.16
# Two diagonal lines per tile: a period of 8.5 px along x is a pitch of 6 px across the lines.
_PART = style.part("mask_painting")
HATCH_TILE_PX: int = _PART["hatch_tile"]


def mm_to_canvas(projection: Projection) -> QTransform:
    """Return the transform of paths (x = column mm, y = row mm) to canvas px."""
    zoom = projection.zoom
    down = -zoom if projection.plane.row_up else zoom
    return QTransform(
        zoom,
        0,
        0,
        down,
        projection.width / 2 - projection.column_mm * zoom,
        projection.height / 2 - projection.row_mm * down,
    )


def draw_outlines(
    painter: QPainter, paths: Paths, transform: QTransform, line: LineKind, opacity: float
) -> None:
    """Draw each structure's outline: casing first, then its own line."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for structure in style.DRAW_ORDER:
        if structure in paths:
            path = transform.map(paths[structure])
            for pen in outline_pens(structure, line, opacity):
                painter.strokePath(path, pen)


def outline_pens(structure: int, line: LineKind, opacity: float) -> Iterator[QPen]:
    """Yield the pens of a structure's outline, from the bottom up: solid for the working mask,
    dashed for the prediction, dotted for the reference that it began as."""
    look = style.STRUCTURES[structure]
    width = look.width if line == "solid" else look.prediction_width
    pens = [
        cosmetic_pen(style.BACKGROUND, width + 2 * style.CASING_PX, style.CASING_OPACITY * opacity),
        cosmetic_pen(look.colour, width, opacity),
    ]
    if look.core > 0:
        pens.append(cosmetic_pen(style.BACKGROUND, look.core, 0.85 * opacity))
    for pen in pens:
        # Rounding each corner, one per pixel of the mask, doubles the time of an outline.
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if line == "dotted":
            pen.setStyle(Qt.PenStyle.DotLine)
        elif line == "dashed":
            pen.setDashPattern([length / pen.widthF() for length in style.DASH_PX])
        yield pen


def disagreement_path(
    part: Disagreement, plane: Plane, index: int, spacing: Triple
) -> QPainterPath:
    """Return the outline in mm (x = column, y = row) of a component in one slice."""
    path = QPainterPath()
    low = part.box[2 * plane.axis]
    if not low <= index < part.box[2 * plane.axis + 1]:
        return path
    labels = cut(part.crop, plane.axis, index - low).astype(np.uint8)
    offset = np.array([part.box[2 * plane.row], part.box[2 * plane.column]])
    step = np.array([spacing[plane.row], spacing[plane.column]])
    for line in structure_contours(labels, 1):
        path.addPolygon(polygon((line + offset) * step))
    return path


def draw_hatch(painter: QPainter, path: QPainterPath, prediction_only: bool) -> None:
    """Fill a path in canvas px with the hatch of the side that has it."""
    name = style.PREDICTION_ONLY if prediction_only else style.REFERENCE_ONLY
    painter.fillPath(path, colour(name, HATCH_TINT))
    painter.fillPath(path, hatch_brush(prediction_only))


@lru_cache(maxsize=2)
def hatch_brush(prediction_only: bool) -> QBrush:
    """Return a brush of rising lines in lime (prediction only) or falling ones in magenta."""
    size = HATCH_TILE_PX
    tile = QPixmap(size, size)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    name = style.PREDICTION_ONLY if prediction_only else style.REFERENCE_ONLY
    painter.setPen(QPen(colour(name), style.HATCH_LINE_PX))
    for shift in np.arange(-2 * size, 2 * size + 1, size / 2):
        start, end = (size + 2, -2) if prediction_only else (-2, size + 2)
        painter.drawLine(QLineF(-2 + shift, start, size + 2 + shift, end))
    painter.end()
    return QBrush(tile)
