"""The cameras of the slice canvases: framing a case, zoom, pan, keeping the crosshair in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import QPointF

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.framing import clip_box, mask_box, whole_box
from kitsdesk.viewer.planes import Projection
from kitsdesk.viewer.scene import Scene, Triple
from kitsdesk.viewer.slice_view import SliceView

_PART = style.part("camera_moves")
EDGE_PX: float = _PART["edge"]


class CameraMoves:
    """Moves cameras; a canvas that nobody has zoomed or panned is framed again on resize.

    Linked canvases have one zoom and one middle: a pan in the axial view moves the coronal
    view left and right and the sagittal one too.
    """

    def __init__(self, scene: Scene, views: Sequence[SliceView]) -> None:
        self._scene = scene
        self._views = views
        self._moved: set[SliceView] = set()
        self._box: tuple[Triple, Triple] | None = None
        self._linked = True

    def set_linked(self, linked: bool, lead: SliceView) -> None:
        """Move all canvases together, from now on as `lead` shows it, or each alone."""
        if linked and not self._linked and self._scene.volume is not None:
            self._lead(lead)
        self._linked = linked

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
        """Zoom a canvas about a place on it, and the linked ones with it."""
        self._move(view, view.projection.zoomed(factor, at.x(), at.y()))

    def pan(self, view: SliceView, dx: float, dy: float) -> None:
        """Drag a canvas's picture by (dx, dy) px, and the linked ones with it."""
        self._move(view, view.projection.panned(dx, dy))

    def _move(self, view: SliceView, projection: Projection) -> None:
        self._moved.add(view)
        view.set_projection(projection)
        if self._linked:
            self._lead(view)

    def _lead(self, lead: SliceView) -> None:
        """Give every other canvas the zoom of one, and its middle on the axes they share."""
        for view in self._views:
            if view is not lead:
                self._moved.add(view)
                view.set_projection(self._led(view.projection, lead.projection))

    def _led(self, led: Projection, lead: Projection) -> Projection:
        zoom = lead.zoom
        middle = {
            lead.plane.row: lead.row_mm,
            lead.plane.column: lead.column_mm - style.RAIL_PX / 2 / zoom,
        }
        row, column = led.row_mm, led.column_mm - style.RAIL_PX / 2 / led.zoom
        # An axis that the leading plane does not show is zoomed about the crosshair.
        shrink, cross = led.zoom / zoom, self._scene.crosshair
        row = middle.get(
            led.plane.row, cross[led.plane.row] + (row - cross[led.plane.row]) * shrink
        )
        column = middle.get(
            led.plane.column, cross[led.plane.column] + (column - cross[led.plane.column]) * shrink
        )
        return replace(led, zoom=zoom, row_mm=row, column_mm=column + style.RAIL_PX / 2 / zoom)

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
