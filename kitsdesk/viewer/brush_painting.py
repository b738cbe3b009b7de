"""The extent of the brush, as each plane cuts it and as the 3D canvas sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour, cosmetic_pen
from kitsdesk.viewer.planes import PLANES, Projection
from kitsdesk.viewer.scene import BrushExtent, Scene, Triple
from kitsdesk.viewer.solid_projection import SolidProjection

_PART = style.part("brush_painting")
LINE_PX: float = style.LINES["mark"]
CORNER_PX: float = _PART["corner"]
LEAST_PX: float = _PART["least"]
RIM_POINTS = 72


@dataclass(frozen=True)
class BrushPlace:
    """A brush, its centre in grid mm, and the plane that a disc lies in."""

    brush: BrushExtent
    centre: Triple
    plane: str


def brush_place(scene: Scene) -> BrushPlace | None:
    """Return the brush at the pointer, on the slice that the pointer's canvas shows by now;
    None without a brush or a pointer over a slice."""
    plane = PLANES.get(scene.pointer_view)
    if scene.volume is None or scene.brush is None or scene.pointer is None or plane is None:
        return None
    centre = list(scene.pointer)
    centre[plane.axis] = scene.index_of(plane.axis) * scene.spacing[plane.axis]
    return BrushPlace(scene.brush, (centre[0], centre[1], centre[2]), plane.name)


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


def draw_solid_brush(painter: QPainter, place: BrushPlace, projection: SolidProjection) -> None:
    """Draw the brush's outline on the 3D canvas: a ball's circle, a disc's ellipse."""
    radius = place.brush.diameter_mm / 2
    at = np.array([place.centre])
    if place.brush.shape == "ball":
        x, y = projection.to_canvas(at)[0].tolist()
        _draw_circle(painter, QPointF(x, y), radius * projection.zoom, place.brush.colour, 1.0)
        return
    plane = PLANES[place.plane]
    turn = np.linspace(0, 2 * math.pi, RIM_POINTS, endpoint=False)
    rim = np.repeat(at, RIM_POINTS, axis=0)
    rim[:, plane.row] += radius * np.sin(turn)
    rim[:, plane.column] += radius * np.cos(turn)
    outline = QPolygonF([QPointF(x, y) for x, y in projection.to_canvas(rim).tolist()])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, opacity, width in (
        (style.BACKGROUND, 0.6, style.cased(LINE_PX)),
        (place.brush.colour, 1.0, LINE_PX),
    ):
        painter.setPen(cosmetic_pen(name, width, opacity))
        painter.drawPolygon(outline)


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
