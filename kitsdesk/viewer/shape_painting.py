"""Measures and previews of tools: lines, polygons, ellipses and points with a text."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour, draw_text
from kitsdesk.viewer.planes import Projection
from kitsdesk.viewer.scene import Scene, Shape

_PART = style.part("shape_painting")
LINE_PX: float = style.LINES["mark"]
END_PX: float = _PART["end"]


def draw_shapes(painter: QPainter, scene: Scene, projection: Projection) -> None:
    """Draw the shapes that lie on this canvas's slice."""
    for shape in (*scene.measures, *scene.shapes):
        if shape.view == projection.plane.name and shape.points and on_slice(scene, shape):
            _draw_shape(painter, scene, projection, shape)


def on_slice(scene: Scene, shape: Shape) -> bool:
    """Return whether a shape's first point lies within half a voxel of the slice shown."""
    axis = {"axial": 0, "coronal": 1, "sagittal": 2}[shape.view]
    index = round(scene.from_lps(shape.points[0])[axis] / scene.spacing[axis])
    return index == scene.index_of(axis)


def _draw_shape(painter: QPainter, scene: Scene, projection: Projection, shape: Shape) -> None:
    plane = projection.plane
    points = []
    for mm in shape.points:
        grid = scene.from_lps(mm)
        points.append(QPointF(*projection.to_canvas(grid[plane.row], grid[plane.column])))
    path = QPainterPath()
    if shape.kind == "ellipse" and len(points) >= 2:
        path.addEllipse(QRectF(points[0], points[1]).normalized())
    elif shape.kind in ("line", "polygon"):
        path.addPolygon(QPolygonF(points))
        if shape.closed:
            path.closeSubpath()
    ends = points if shape.kind in ("line", "points") else []
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (
        QPen(colour(style.BACKGROUND, style.CASING_OPACITY), style.cased(LINE_PX)),
        QPen(colour(shape.colour), LINE_PX),
    ):
        painter.setPen(pen)
        painter.drawPath(path)
        for end in ends:
            painter.drawEllipse(end, END_PX, END_PX)
    if shape.text:
        last = max(points, key=lambda point: point.x())
        x, y = last.x() + _PART["text_gap"], last.y() - _PART["text_rise"]
        draw_text(painter, x, y, shape.text, shape.colour)
