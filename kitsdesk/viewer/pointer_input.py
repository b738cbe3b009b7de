"""What the canvases' input does: it moves crosshair, cameras and window, and passes the rest
on as the quad view's signals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPointF

from kitsdesk.viewer.canvas_input import CanvasInput
from kitsdesk.viewer.input_events import KeyPress, PointerEvent, PointerKind
from kitsdesk.viewer.slice_view import SliceView

if TYPE_CHECKING:
    from kitsdesk.viewer.quad import QuadView

# A drag of 400 px doubles the width from where it is; narrow windows move in finer steps.
WINDOW_PER_PX = 1 / 400
LEAST_WINDOW_STEP = 0.25


class PointerInput(QObject):
    """Connects the four canvases' inputs to a quad view."""

    def __init__(self, quad: QuadView) -> None:
        super().__init__(quad)
        self._quad = quad
        self._last = QPointF()
        for name, view in quad.slices.items():
            self._connect_slice(name, view)
        solid = quad.volume_view
        self._connect_shared("3d", solid.input)
        solid.input.pointed.connect(self._turn)
        solid.input.panned.connect(solid.pan)
        solid.input.zoomed.connect(lambda factor, _at: solid.zoom_by(factor))
        solid.input.sliced.connect(lambda steps: solid.zoom_by(1.1**steps))
        solid.input.windowed.connect(lambda _dx, dy: solid.zoom_by(1.005**-dy))

    def _connect_shared(self, name: str, source: CanvasInput) -> None:
        quad = self._quad
        source.entered.connect(partial(self._entered, name))
        source.maximised.connect(partial(quad.toggle_maximised, name))
        source.keyPressed.connect(partial(self._key, name))
        source.keyReleased.connect(quad.keyReleased)
        source.filesDropped.connect(quad.filesDropped)

    def _connect_slice(self, name: str, view: SliceView) -> None:
        quad, source = self._quad, view.input
        self._connect_shared(name, source)
        source.pointed.connect(partial(self._point, view))
        source.picked.connect(lambda place: quad.move_crosshair(view.grid_at(place)))
        source.sliced.connect(lambda steps: quad.step_canvas(view, steps))
        source.zoomed.connect(partial(quad.zoom_canvas, view))
        source.panned.connect(partial(quad.pan_canvas, view))
        source.windowed.connect(self._window)
        source.railed.connect(partial(self._rail, view))
        source.sized.connect(quad.sizeStep)

    def _entered(self, name: str, inside: bool) -> None:
        if inside:
            self._quad.active_canvas = name

    def _key(self, name: str, key: KeyPress) -> None:
        self._quad.active_canvas = name
        self._quad.keyPressed.emit(key)

    def _point(
        self,
        view: SliceView,
        kind: PointerKind,
        place: QPointF,
        buttons: frozenset[str],
        modifiers: frozenset[str],
    ) -> None:
        quad, scene = self._quad, self._quad.scene
        if scene.volume is None or quad.swapping:
            return
        grid = view.grid_at(place)
        scene.pointer = None if kind == "leave" else grid
        scene.pointer_view = view.plane.name
        scene.stroke = view.input.drag == "pointer"
        if scene.brush is not None or kind in ("press", "double", "release"):
            quad.touch()
        mm = scene.to_lps(grid)
        quad.pointer.emit(PointerEvent(kind, view.plane.name, mm, buttons, modifiers))

    def _turn(
        self, kind: str, place: QPointF, buttons: frozenset[str], _modifiers: frozenset[str]
    ) -> None:
        if kind == "move" and "left" in buttons:
            dx, dy = place.x() - self._last.x(), place.y() - self._last.y()
            self._quad.volume_view.turn(dx, dy)
        self._last = place

    def _window(self, dx: float, dy: float) -> None:
        width, level = self._quad.scene.window
        step = max(width * WINDOW_PER_PX, LEAST_WINDOW_STEP)
        self._quad.set_window(round(width + dx * step, 1), round(level + dy * step, 1))

    def _rail(self, view: SliceView, y: float) -> None:
        index = view.overlay.rail().index_at(y)
        self._quad.go_to_slice(view.plane.axis, index)
