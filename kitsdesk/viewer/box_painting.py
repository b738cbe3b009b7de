"""A box that is drawn by hand, as each plane sees it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour, draw_text
from kitsdesk.viewer.planes import Projection
from kitsdesk.viewer.scene import BoxExtent, Scene

_PART = style.part("box_painting")
LINE_PX: float = style.LINES["mark"]
HANDLE_PX: float = _PART["handle"]
MISSED_OPACITY = 0.5


def draw_box(painter: QPainter, scene: Scene, projection: Projection) -> None:
    """Draw the box's section with this canvas's slice: a rectangle with handles and its size.

    Where the slice misses the box its outline is dashed and faint: the projection of it.
    """
    extent = scene.box
    if extent is None:
        return
    area = box_area(scene, projection, extent)
    axis = projection.plane.axis
    low, high = extent.box[2 * axis], extent.box[2 * axis + 1]
    met = low <= scene.index_of(axis) < high
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(style.BACKGROUND, style.CASING_OPACITY), style.cased(LINE_PX)))
    painter.drawRect(area)
    pen = QPen(colour(extent.colour, 1.0 if met else MISSED_OPACITY), LINE_PX)
    if not met:
        pen.setDashPattern([length / LINE_PX for length in style.DASH_PX])
    painter.setPen(pen)
    painter.drawRect(area)
    if met:
        _draw_handles(painter, area, extent.colour)
        rows, columns = _side_mm(scene, projection, extent)
        text = f"{columns:.0f} × {rows:.0f} mm"
        draw_text(painter, area.left(), area.top() - _PART["text_rise"], text, extent.colour)


def box_area(scene: Scene, projection: Projection, extent: BoxExtent) -> QRectF:
    """Return where the box lies on the canvas in px, to the outer edges of its voxels."""
    plane, box = projection.plane, extent.box
    rows = [(box[2 * plane.row + end] - 0.5) * scene.spacing[plane.row] for end in (0, 1)]
    columns = [(box[2 * plane.column + end] - 0.5) * scene.spacing[plane.column] for end in (0, 1)]
    first = QPointF(*projection.to_canvas(rows[0], columns[0]))
    last = QPointF(*projection.to_canvas(rows[1], columns[1]))
    return QRectF(first, last).normalized()


def _side_mm(scene: Scene, projection: Projection, extent: BoxExtent) -> tuple[float, float]:
    plane, box = projection.plane, extent.box
    rows = (box[2 * plane.row + 1] - box[2 * plane.row]) * scene.spacing[plane.row]
    columns = (box[2 * plane.column + 1] - box[2 * plane.column]) * scene.spacing[plane.column]
    return rows, columns


def _draw_handles(painter: QPainter, area: QRectF, name: str) -> None:
    painter.setPen(QPen(colour(style.BACKGROUND, 0.8), style.LINES["edge"]))
    painter.setBrush(colour(name))
    half, middle = HANDLE_PX / 2, area.center()
    for x in (area.left(), middle.x(), area.right()):
        for y in (area.top(), middle.y(), area.bottom()):
            if (x, y) != (middle.x(), middle.y()):
                painter.drawRect(QRectF(x - half, y - half, HANDLE_PX, HANDLE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
