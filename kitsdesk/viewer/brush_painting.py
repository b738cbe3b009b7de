"""The extent of the brush, as each plane cuts it."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour
from kitsdesk.viewer.planes import PLANES, Projection
from kitsdesk.viewer.scene import Scene

_PART = style.part("brush_painting")
LINE_PX: float = style.LINES["mark"]
CORNER_PX: float = _PART["corner"]
LEAST_PX: float = _PART["least"]


def draw_brush(painter: QPainter, scene: Scene, projection: Projection, view: str) -> None:
    """Draw what the brush at the pointer covers of this canvas's slice.

    A ball is a circle as large as its cut with the slice, and where the slice misses it a
    faint circle of its full size. A disc lies in the plane it is drawn in, so the other
    planes see it from its edge, one voxel thick.
    """
    brush, at = scene.brush, scene.pointer
    if brush is None or at is None:
        return
    plane = projection.plane
    centre = QPointF(*projection.to_canvas(at[plane.row], at[plane.column]))
    radius = brush.diameter_mm / 2
    if brush.shape == "disc" and scene.pointer_view != plane.name:
        if scene.pointer_view in PLANES:
            _draw_edge(painter, scene, projection, centre, radius)
        return
    slice_mm = scene.index_of(plane.axis) * scene.spacing[plane.axis]
    away = 0.0 if scene.pointer_view == plane.name else abs(at[plane.axis] - slice_mm)
    if away < radius:
        cut = math.sqrt(radius * radius - away * away)
        _draw_circle(painter, centre, cut * projection.zoom, brush.colour, 1.0)
    elif view != scene.pointer_view:
        _draw_circle(painter, centre, radius * projection.zoom, brush.colour, 0.35)


def _draw_circle(
    painter: QPainter, centre: QPointF, radius: float, name: str, opacity: float
) -> None:
    radius = max(radius, LEAST_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(style.BACKGROUND, 0.6 * opacity), style.cased(LINE_PX)))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(QPen(colour(name, opacity), LINE_PX))
    painter.drawEllipse(centre, radius, radius)


def _draw_edge(
    painter: QPainter, scene: Scene, projection: Projection, centre: QPointF, radius: float
) -> None:
    plane, disc = projection.plane, PLANES[scene.pointer_view]
    if scene.brush is None:
        return
    thick = scene.spacing[disc.axis] * projection.zoom
    long = 2 * radius * projection.zoom
    across, down = (long, thick) if plane.row == disc.axis else (thick, long)
    area = QRectF(centre.x() - across / 2, centre.y() - down / 2, across, down)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(style.BACKGROUND, 0.5), style.cased(LINE_PX)))
    painter.drawRoundedRect(area, CORNER_PX, CORNER_PX)
    painter.setPen(QPen(colour(scene.brush.colour, 0.9), style.LINES["thin"]))
    painter.drawRoundedRect(area, CORNER_PX, CORNER_PX)
