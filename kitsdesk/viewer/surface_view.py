"""The 3D canvas: lit surfaces of the structures, turned by dragging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from napari.utils.colormaps import Colormap
from PyQt6.QtCore import QLineF, QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QPen, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_marks as marks
from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.brush_painting import BrushPlace, brush_place, draw_solid_brush
from kitsdesk.viewer.canvas_input import CanvasInput
from kitsdesk.viewer.gestures import Gestures
from kitsdesk.viewer.held_keys import HeldKeys
from kitsdesk.viewer.napari_canvas import NapariCanvas
from kitsdesk.viewer.orbit import UP, Orbit, to_scene
from kitsdesk.viewer.scene import Scene
from kitsdesk.viewer.slice_overlay import CanvasOverlay
from kitsdesk.viewer.solid_projection import SolidProjection
from kitsdesk.viewer.surface_meshes import Mesh

EMPTY_VERTICES = np.zeros((3, 3), np.float32)
EMPTY_FACES = np.zeros((1, 3), np.int32)
ROOM = 1.12
_PART = style.part("surface_view")
LEGEND_STEP_PX: int = _PART["legend_step"]
LEGEND_RISE_PX: int = _PART["legend_rise"]
AMBIENT = (1.0, 1.0, 1.0, 0.22)
DIFFUSE = (1.0, 1.0, 1.0, 0.82)
SPECULAR = (1.0, 1.0, 1.0, 0.10)


class SurfaceOverlay(CanvasOverlay):
    """Brush, title, letters and legend of the 3D canvas; `brush` is the one last drawn."""

    def __init__(self, view: SurfaceView) -> None:
        super().__init__(view)
        self._view = view
        self.brush: BrushPlace | None = None

    def draw(self, painter: QPainter) -> None:
        """Draw the marks above the surfaces."""
        area, view = QRectF(self.rect()), self._view
        self.brush = brush_place(view.scene)
        if self.brush is not None:
            draw_solid_brush(painter, self.brush, view.projection())
        if view.scene.volume is not None:
            marks.draw_letters(painter, area, view.orbit.letters())
            marks.draw_title(painter, area, "3D", view.caption)
            marks.draw_maximise(painter, area, view.is_maximised, self.hover)
            self._draw_legend(painter, area)
        self.draw_frame(painter, view.scene.loading)

    def _draw_legend(self, painter: QPainter, area: QRectF) -> None:
        shown = [label for label in style.STRUCTURES if label in self._view.present]
        lowest = area.bottom() - style.LETTER_INSET_PX - LEGEND_RISE_PX
        y = lowest - LEGEND_STEP_PX * (len(shown) - 1)
        left, right = (area.left() + _PART[end] for end in ("line_left", "line_right"))
        for label in shown:
            look = style.STRUCTURES[label]
            line = QLineF(left, y, right, y)
            painter.setPen(QPen(marks.colour(look.colour), look.width))
            painter.drawLine(line)
            if look.core:
                painter.setPen(QPen(marks.colour(style.BACKGROUND), look.core))
                painter.drawLine(line)
            name = look.name.capitalize()
            x, baseline = area.left() + _PART["name_left"], y + _PART["name_drop"]
            marks.draw_text(painter, x, baseline, name, weight=500)
            y += LEGEND_STEP_PX


class SurfaceView(QWidget):
    """A canvas with one surface per structure; layers live as long as the window."""

    shown = pyqtSignal()

    def __init__(self, scene: Scene, held: HeldKeys, gestures: Gestures, parent: QWidget) -> None:
        super().__init__(parent)
        self.scene = scene
        self.caption = ""
        self.is_maximised = False
        self.orbit = Orbit()
        self.present: tuple[int, ...] = ()
        self._middle = (0.0, 0.0, 0.0)
        self._radius = 100.0
        self._zoom = 1.0
        self.canvas = NapariCanvas(self)
        self.canvas.model.dims.ndisplay = 3
        self._surfaces = {label: self._add_surface(label) for label in (1, 2, 3)}
        self.canvas.quieten()
        self.overlay = SurfaceOverlay(self)
        self.input = CanvasInput(self.overlay, self, held, gestures)
        self.input.navigation = False
        self.input.guard(self.canvas.widgets())
        held.watch(self.overlay)
        self.input.entered.connect(self._set_hover)
        self.hide_meshes()
        self._turn()

    def keys_name(self) -> str:
        """Return this view's name for KeyPress."""
        return "3d"

    def hit(self, position: QPointF) -> str:
        """Return "maximise" or "" for a place on the canvas."""
        inside = marks.maximise_rect(QRectF(self.overlay.rect())).contains(position)
        return "maximise" if inside else ""

    def show_meshes(self, meshes: dict[int, Mesh]) -> Iterator[None]:
        """Show the meshes, one per step; the camera moves only for another case (see frame)."""
        self.present = tuple(meshes)
        for label in self._surfaces:
            mesh = meshes.get(label)
            if mesh is not None:
                self._put(label, mesh)
            self._set_seen(label, mesh is not None)
            self.overlay.mark()
            if mesh is not None:
                yield
        self._light()
        self.overlay.mark()

    def hide_meshes(self) -> None:
        """Show no surface."""
        self.present = ()
        for label in self._surfaces:
            self._set_seen(label, False)
        self.canvas.native.update()
        self.overlay.mark()

    def projection(self) -> SolidProjection:
        """Return where the camera puts points on the canvas."""
        zoom = float(self.canvas.model.scene.camera.zoom)
        return SolidProjection(self.orbit, self._middle, zoom, self.width(), self.height())

    def follow_brush(self) -> None:
        """Draw the brush where it is by now; the surfaces below are not painted for it, and
        nothing is asked for while it lies as it was drawn."""
        if brush_place(self.scene) != self.overlay.brush:
            self.overlay.mark()

    def seen(self, label: int) -> bool:
        """Return whether a structure's surface is shown."""
        return bool(self._node(label).visible)

    def _set_seen(self, label: int, seen: bool) -> None:
        self._node(label).visible = seen

    def _put(self, label: int, mesh: Mesh) -> None:
        vertices = to_scene(mesh.vertices)
        # In the order of OpenGL, as napari hands them over: x first, and faces turned round.
        self._node(label).set_data(
            vertices=np.ascontiguousarray(vertices[:, ::-1], dtype=np.float32),
            faces=np.ascontiguousarray(mesh.faces[:, ::-1]),
            vertex_values=np.ones(len(vertices), np.float32),
        )

    def _node(self, label: int) -> Any:
        """Return what napari draws a surface by: for a change of the layer itself napari looks
        through its whole scene and its models, four times as long as the change takes."""
        return self.canvas.widget.layer_to_visual[self._surfaces[label]].node

    def frame(self, meshes: dict[int, Mesh]) -> None:
        """Move the camera so that all surfaces are in view from the front."""
        if meshes:
            points = np.concatenate([to_scene(mesh.vertices) for mesh in meshes.values()])
            low, high = points.min(axis=0), points.max(axis=0)
            a, i, left = ((low + high) / 2).tolist()
            self._middle = (a, i, left)
            self._radius = max(float(np.max(high - low)) / 2, 10.0)
        self.orbit = Orbit()
        self._zoom = 1.0
        self._turn()

    def turn(self, dx: float, dy: float) -> None:
        """Turn the surfaces with the pointer."""
        self.orbit = self.orbit.turned(dx, dy)
        self._turn()

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle."""
        self._zoom = min(max(self._zoom * factor, 0.2), 20.0)
        self._turn()

    def pan(self, dx: float, dy: float) -> None:
        """Move the surfaces with the pointer, in px."""
        view = np.array(self.orbit.view)
        right = np.cross(view, np.array(UP))
        right /= np.linalg.norm(right)
        down = -np.cross(right, view)
        zoom = self.canvas.model.scene.camera.zoom
        middle = np.array(self._middle) - (right * dx + down * dy) / zoom
        self._middle = (float(middle[0]), float(middle[1]), float(middle[2]))
        self._turn()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep canvas, overlay and camera at the widget's size."""
        super().resizeEvent(event)
        self.canvas.widget.setGeometry(self.rect())
        self.overlay.setGeometry(self.rect())
        self.overlay.raise_()
        self._turn()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Say that the canvas can be seen again."""
        super().showEvent(event)
        self.shown.emit()

    def _turn(self) -> None:
        camera = self.canvas.model.scene.camera
        camera.center = self._middle
        side = max(min(self.width(), self.height()), 1)
        camera.zoom = side / (2 * self._radius * ROOM) * self._zoom
        camera.set_view_direction(self.orbit.view, UP)
        self._light()
        self.overlay.mark()

    def _light(self) -> None:
        """Put the light above and a little left of the eye, with no side in the dark."""
        view = np.array(self.orbit.view)
        right = np.cross(view, np.array(UP))
        up = np.cross(right, view)
        towards_light = -view + 0.7 * up - 0.5 * right
        for label in self._surfaces:
            self._node(label).shading_filter.light_dir = tuple(towards_light[::-1])

    def _add_surface(self, label: int) -> Any:
        look = style.STRUCTURES[label]
        clear = Colormap([look.colour, look.colour], name=look.name)
        layer = self.canvas.model.add_surface(
            (EMPTY_VERTICES, EMPTY_FACES, np.ones(3, np.float32)),
            name=look.name,
            colormap=clear,
            contrast_limits=(0, 2),
            shading="smooth",
            opacity=look.surface_opacity,
            blending="opaque" if look.surface_opacity >= 1 else "translucent",
        )
        shading = self.canvas.widget.layer_to_visual[layer].node.shading_filter
        shading.ambient_light = AMBIENT
        shading.diffuse_light = DIFFUSE
        shading.specular_light = SPECULAR
        return layer

    def _set_hover(self, inside: bool) -> None:
        self.overlay.hover = inside
        self.overlay.mark()
