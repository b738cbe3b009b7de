"""The cameras of the slice canvases: framing a case, zoom, pan, keeping the crosshair in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.framing import clip_box, mask_box, whole_box
from kitsdesk.viewer.scene import Scene, Triple
from kitsdesk.viewer.slice_view import SliceView

EDGE_PX = 24.0


class CameraMoves:
    """Moves cameras; a canvas that nobody has zoomed or panned is framed again on resize."""

    def __init__(self, scene: Scene, views: Sequence[SliceView]) -> None:
        self._scene = scene
        self._views = views
        self._moved: set[SliceView] = set()
        self._box: tuple[Triple, Triple] | None = None

    def frame(self, whole: bool = False) -> None:
        """Frame the mask with room around it, or the whole volume, in every canvas."""
        scene = self._scene
        self._moved.clear()
        self._box = None
        if scene.volume is None:
            return
        outer = whole_box(scene.shape, scene.spacing)
        around = None
        if not whole and scene.mask is not None:
            around = mask_box(scene.mask, scene.spacing)
        self._box = outer if around is None else clip_box(around, outer)
        self.frame_untouched()

    def frame_untouched(self) -> None:
        """Frame the canvases that nobody has moved, all at one zoom."""
        waiting = [view for view in self._views if view not in self._moved and view.isVisible()]
        if self._box is None or not waiting:
            return
        low, high = self._box
        zoom = min(view.projection.zoom_to_fit(low, high, style.RAIL_PX) for view in waiting)
        for view in waiting:
            view.fit(low, high, zoom)

    def forget(self, view: SliceView) -> None:
        """Let a canvas be framed again, as after it took another plane."""
        self._moved.discard(view)

    def zoom(self, view: SliceView, factor: float, at: QPointF) -> None:
        """Zoom a canvas about a place on it."""
        self._moved.add(view)
        view.set_projection(view.projection.zoomed(factor, at.x(), at.y()))

    def pan(self, view: SliceView, dx: float, dy: float) -> None:
        """Drag a canvas's picture by (dx, dy) px."""
        self._moved.add(view)
        view.set_projection(view.projection.panned(dx, dy))

    def reveal(self) -> None:
        """Pan each canvas whose crosshair is out of sight so that it is in the middle."""
        for view in self._views:
            point = self._scene.crosshair
            projection, plane = view.projection, view.plane
            x, y = projection.to_canvas(point[plane.row], point[plane.column])
            right = projection.width - style.RAIL_PX
            inside = EDGE_PX <= x <= right - EDGE_PX and EDGE_PX <= y <= projection.height - EDGE_PX
            if not inside and view.isVisible():
                self.pan(view, right / 2 - x, projection.height / 2 - y)
