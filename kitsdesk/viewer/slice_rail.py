"""The slice rail at a canvas's right: where the mask is, where it is disputed, this slice."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour
from kitsdesk.viewer.planes import Plane
from kitsdesk.viewer.profile_picture import ProfilePicture
from kitsdesk.viewer.scene import Scene

_PART = style.part("slice_rail")
MARGIN_PX: float = _PART["margin"]
TRACK_FROM_RIGHT_PX: float = _PART["track_from_right"]
CURVE_GAP_PX: float = _PART["curve_gap"]
LINE_LEFT_PX: float = _PART["line_left"]
HANDLE_PX: float = _PART["handle"]


class SliceRail:
    """Geometry and drawing of one rail; it covers the last 32 px of a canvas."""

    def __init__(self, plane: Plane, width: float, height: float, count: int) -> None:
        self.plane = plane
        self.area = QRectF(width - style.RAIL_PX, 0, style.RAIL_PX, height)
        self.count = max(count, 1)
        margin = min(MARGIN_PX, height / 6)
        self.top, self.bottom = margin, max(height - margin, margin + 1)

    def y_of(self, index: float) -> float:
        """Return the height in px of a slice's place on the rail."""
        part = index / max(self.count - 1, 1)
        if self.plane.rail_up:
            part = 1 - part
        return self.top + part * (self.bottom - self.top)

    def index_at(self, y: float) -> int:
        """Return the slice whose place is nearest to a height in px."""
        part = min(max((y - self.top) / (self.bottom - self.top), 0.0), 1.0)
        if self.plane.rail_up:
            part = 1 - part
        return round(part * (self.count - 1))

    def draw(self, painter: QPainter, scene: Scene, profiles: ProfilePicture, ratio: float) -> None:
        """Draw scrim, profiles, track and handle, at a screen's `ratio` of pixels."""
        painter.fillRect(self.area, colour(style.BACKGROUND, style.RAIL_SCRIM_OPACITY))
        track = self.area.right() - TRACK_FROM_RIGHT_PX
        if scene.profiles is not None:
            profiles.draw(painter, self, scene.profiles, track - CURVE_GAP_PX, ratio)
        painter.fillRect(
            QRectF(track - 1, self.top, 2, self.bottom - self.top), colour(style.RAIL_TRACK)
        )
        y = self.y_of(scene.index_of(self.plane.axis))
        painter.setPen(QPen(colour(style.TEXT, 0.55), style.LINES["axis"]))
        painter.drawLine(QLineF(self.area.left() + LINE_LEFT_PX, y, track, y))
        painter.setPen(QPen(colour(style.BACKGROUND), style.LINES["mark"]))
        painter.setBrush(colour(style.RAIL_HANDLE))
        painter.drawEllipse(QPointF(track, y), HANDLE_PX, HANDLE_PX)
        painter.setBrush(Qt.BrushStyle.NoBrush)
