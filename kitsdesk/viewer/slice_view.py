"""One slice canvas: napari's CT and fill, the overlay above, the camera between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_input import CanvasInput
from kitsdesk.viewer.canvas_marks import maximise_rect
from kitsdesk.viewer.case_layers import CaseLayers
from kitsdesk.viewer.gestures import Gestures
from kitsdesk.viewer.held_keys import HeldKeys
from kitsdesk.viewer.napari_canvas import NapariCanvas
from kitsdesk.viewer.outline_cache import OutlineCache, Paths
from kitsdesk.viewer.planes import Plane, Projection
from kitsdesk.viewer.scene import Box, MaskSource, Scene, Triple
from kitsdesk.viewer.slice_overlay import SliceOverlay


class SliceView(QWidget):
    """A canvas that shows one plane of the scene; it changes nothing in the scene."""

    resized = pyqtSignal()

    def __init__(
        self, plane: Plane, scene: Scene, held: HeldKeys, gestures: Gestures, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.scene = scene
        self.plane = plane
        self.caption = ""
        self.is_maximised = False
        self.own_source: MaskSource | None = None
        self.projection = Projection(plane, 1, 1)
        self.canvas = NapariCanvas(self)
        self.layers = CaseLayers(self.canvas.model)
        self.canvas.quieten()
        self.overlay = SliceOverlay(self)
        self.input = CanvasInput(self.overlay, self, held, gestures)
        self.input.guard(self.canvas.widgets())
        held.watch(self.overlay)
        self.input.entered.connect(self._set_hover)
        self.set_plane(plane)

    @property
    def source(self) -> MaskSource:
        """Return which masks this canvas shows, its own choice or the scene's."""
        return self.own_source if self.own_source is not None else self.scene.source

    def filled_mask(self) -> NDArray[np.uint8] | None:
        """Return the mask that the fill shows."""
        scene = self.scene
        return scene.prediction if self.source == "prediction" else scene.mask

    def reference_paths(self, index: int) -> Paths:
        """Return the outlines of the reference where this canvas stands for it beside the
        prediction and shows a working mask that is no longer the same."""
        scene, origin = self.scene, self.scene.origin
        reference = None
        # The origin of a case that is being swapped out is not the new one's.
        if self.own_source == "working_only" and origin and origin[0] is scene.mask:
            reference = origin[1]
        self.reference_outlines.set_mask(reference)
        return self.reference_outlines.paths(index, scene.spacing)

    def keys_name(self) -> str:
        """Return the plane's name for KeyPress."""
        return self.plane.name

    def hit(self, position: QPointF) -> str:
        """Return "rail", "maximise" or "" for a place on the canvas."""
        if self.overlay.rail().area.contains(position):
            return "rail"
        return "maximise" if maximise_rect(self.overlay.area()).contains(position) else ""

    def set_plane(self, plane: Plane) -> None:
        """Show another plane in this canvas."""
        self.plane = plane
        self.projection = Projection(plane, self.projection.width, self.projection.height)
        self.working_outlines = OutlineCache(plane)
        self.prediction_outlines = OutlineCache(plane)
        self.reference_outlines = OutlineCache(plane)
        vertical = "up" if plane.row_up else "down"
        self.canvas.model.scene.camera.orientation2d = (vertical, "right")
        self.canvas.model.dims.order = plane.order

    def show_case(self) -> None:
        """Swap in the scene's volume, masks and overlay."""
        for _ in self.case_steps():
            pass

    def case_steps(self) -> Iterator[None]:
        """Do what `show_case` does in slices of some hundredths of a second."""
        self.layers.show_case(self.scene)
        yield
        self.layers.show_overlay(self.scene)
        self.show_masks()
        yield
        self.layers.set_slab(self.scene, self.plane.axis)
        if tuple(self.canvas.model.dims.order) != self.plane.order:
            self.canvas.model.dims.order = self.plane.order
        yield
        self._trace_outlines()

    def show_masks(self) -> None:
        """Follow the scene's masks and how they are shown."""
        self.working_outlines.set_mask(self.scene.mask)
        self.prediction_outlines.set_mask(self.scene.prediction)
        self.layers.show_mask(self.filled_mask(), self.scene)
        # A layer's new data or scale resets the range of the dims, and with it the slice.
        self.show_slice()

    def show_slice(self) -> None:
        """Show the slice under the crosshair."""
        dims, axis = self.canvas.model.dims, self.plane.axis
        at = self.scene.index_of(axis) * self.scene.spacing[axis]
        # Only the own axis: napari cuts the layers again for any axis that is set.
        if dims.point[axis] != at:
            dims.set_point(axis, at)
        self.overlay.mark()

    def has_moved(self) -> bool:
        """Return whether another slice than the one shown is under the crosshair."""
        axis = self.plane.axis
        at = self.scene.index_of(axis) * self.scene.spacing[axis]
        return bool(self.canvas.model.dims.point[axis] != at)

    def shows(self, box: Box | None) -> bool:
        """Return whether a changed box touches the slice shown."""
        if box is None:
            return True
        index = self.scene.index_of(self.plane.axis)
        return box[2 * self.plane.axis] <= index < box[2 * self.plane.axis + 1]

    def refresh_mask(self, box: Box | None) -> None:
        """Draw the shared mask again after it changed inside a box."""
        self.working_outlines.invalidate(box)
        if self.shows(box):
            self.layers.refresh_fill()
        self.overlay.mark()

    def set_projection(self, projection: Projection) -> None:
        """Move the camera."""
        self.projection = projection
        camera = self.canvas.model.scene.camera
        camera.center = (0.0, projection.row_mm, projection.column_mm)
        camera.zoom = projection.zoom
        self.overlay.mark()

    def fit(self, low: Triple, high: Triple, zoom: float) -> None:
        """Centre a box of grid mm beside the rail at a zoom in px per mm."""
        self.set_projection(self.projection.fitted(low, high, zoom, style.RAIL_PX))

    def grid_at(self, position: QPointF) -> Triple:
        """Return the grid mm (z, y, x) on this slice under a place on the canvas."""
        row, column = self.projection.to_plane(position.x(), position.y())
        axis = self.plane.axis
        point = [0.0, 0.0, 0.0]
        point[axis] = self.scene.index_of(axis) * self.scene.spacing[axis]
        point[self.plane.row], point[self.plane.column] = row, column
        return (point[0], point[1], point[2])

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep canvas, overlay and camera at the widget's size."""
        super().resizeEvent(event)
        self.canvas.widget.setGeometry(self.rect())
        self.overlay.setGeometry(self.rect())
        self.overlay.raise_()
        self.projection = self.projection.resized(self.width(), self.height())
        self.resized.emit()

    def _trace_outlines(self) -> None:
        """Trace the outlines of the slice shown before they are painted for the first time."""
        index = self.scene.index_of(self.plane.axis)
        for outlines in (self.working_outlines, self.prediction_outlines):
            outlines.paths(index, self.scene.spacing)

    def _set_hover(self, inside: bool) -> None:
        self.overlay.hover = inside
        self.overlay.mark()
