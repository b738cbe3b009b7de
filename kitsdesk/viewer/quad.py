"""The four linked canvases of the window, and everything that can be shown in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.pointer_input import PointerInput
from kitsdesk.viewer.quad_canvases import QuadCanvases
from kitsdesk.viewer.scene import (
    Box,
    BoxExtent,
    BrushExtent,
    BrushShape,
    Disagreement,
    MaskPreview,
    MaskSource,
    OverlayKind,
    Profiles,
    Shape,
    Triple,
)
from kitsdesk.viewer.slice_view import SliceView
from kitsdesk.viewer.visible_region import visible_box
from trainer.imaging.volume import Volume


class QuadView(QuadCanvases):
    """Axial, coronal, sagittal and 3D canvases with one crosshair, one window, one mask.

    Positions that go in and out are LPS mm (L, P, S). `mask` is shared with the editing
    tools: they write it, then call `refresh_mask` with the box that changed.
    """

    pointer = pyqtSignal(object)
    crosshairMoved = pyqtSignal(tuple)
    windowChanged = pyqtSignal(float, float)
    keyPressed = pyqtSignal(object)
    keyReleased = pyqtSignal(object)
    sizeStep = pyqtSignal(int)
    filesDropped = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input = PointerInput(self)
        self.held.ended.connect(self.keyReleased)

    # -- the case ---------------------------------------------------------------------------

    def set_case(self, volume: Volume, name: str, mask: NDArray[np.uint8] | None = None) -> None:
        """Show a CT and the live array of its working mask, uint8 (z, y, x).

        The crosshair goes to the tumor, else the kidneys, else the middle; window, layout
        and the other choices stay. Prediction, disagreement, profiles and shapes are
        cleared.
        """
        self._swap.at_once(volume, name, mask)

    def swap_case(
        self,
        volume: Volume,
        name: str,
        mask: NDArray[np.uint8],
        prediction: NDArray[np.uint8] | None,
        then: Callable[[], None],
        painted: Callable[[], None],
    ) -> None:
        """Do what `set_case` and `set_prediction` do in slices that keep the window alive,
        then call `then`; the old picture stays until the new one is complete. `painted` comes
        when all of it is on the screen."""
        self._swap.in_turns(volume, name, mask, prediction, then, painted)

    def clear(self) -> None:
        """Show no case: black canvases."""
        self._swap.stop()
        scene = self.scene
        if scene.volume is None:
            return
        scene.volume = scene.mask = scene.prediction = scene.overlay_values = None
        scene.profiles = scene.brush = scene.pointer = scene.box = None
        scene.preview = scene.seeds = None
        scene.disagreements = ()
        scene.name, scene.overlay, scene.shapes, scene.loading = "", "none", (), False
        scene.measures = ()
        for view in self.slices.values():
            view.show_case()
        self._surfaces.new_case()
        self.touch()

    def set_loading(self, loading: bool) -> None:
        """Draw, or remove, the line that says another case is loading."""
        self.scene.loading = loading
        self.volume_view.overlay.mark()
        self.touch()

    # -- masks ------------------------------------------------------------------------------

    def set_prediction(self, prediction: NDArray[np.uint8] | None) -> None:
        """Draw a prediction, uint8 (z, y, x), dashed over the working mask; None: none."""
        self.scene.prediction = prediction
        self._masks_changed()
        self._surfaces.source_changed("prediction")

    def set_mask_source(self, source: MaskSource) -> None:
        """Choose what is drawn: "working" with the prediction dashed, "prediction" alone or
        "working_only"."""
        self.scene.source = source
        self._masks_changed()

    def refresh_mask(self, box: Box | None = None) -> None:
        """Draw the working mask again after it changed inside (z0, z1, y0, y1, x0, x1)."""
        self._repaints.mask(box)
        self._surfaces.source_changed("working")

    def set_fill(self, fill: bool) -> None:
        """Fill the masks, or draw their outlines alone."""
        self.scene.fill = fill
        self._masks_changed()

    def set_opacity(self, opacity: float) -> None:
        """Set the strength of fill and outlines, 0–1; 0.6 is the standard look."""
        self.scene.opacity = min(max(opacity, 0.0), 1.0)
        self._masks_changed()

    def set_mask_visible(self, visible: bool) -> None:
        """Show or hide masks, prediction and hatch."""
        self.scene.mask_visible = visible
        self._masks_changed()

    def set_surface_source(self, source: str) -> None:
        """Show the surfaces of the "working" mask or of the "prediction"."""
        self._surfaces.set_source(source)

    def set_disagreements(self, parts: Sequence[Disagreement]) -> None:
        """Hatch these components, or none."""
        self.scene.disagreements = tuple(parts)
        self.touch()

    def visible_box(self) -> Box | None:
        """Return the voxels (z0, z1, y0, y1, x0, x1) that the slice canvases show together."""
        shown = [view.projection for view in self.slices.values() if view.isVisible()]
        return visible_box(shown, self.scene)

    def set_profiles(
        self,
        area: tuple[NDArray[Any], ...] | None,
        disagreement: tuple[NDArray[Any], ...] | None = None,
    ) -> None:
        """Show on the rails, per axis (z, y, x), one value per slice; None: no profiles."""
        if area is None:
            self.scene.profiles = None
        else:
            zero = tuple(np.zeros(len(values)) for values in area)
            self.scene.profiles = Profiles(area, disagreement or zero)
        self.touch()

    def set_overlay(self, kind: OverlayKind, values: NDArray[np.uint8] | None = None) -> None:
        """Lay "votes" (0–5) or "entropy" (0–255), uint8 (z, y, x), over the CT, or "none"."""
        self.scene.overlay, self.scene.overlay_values = kind, values
        for view in self.slices.values():
            view.layers.show_overlay(self.scene)
            view.show_slice()
        self.touch()

    # -- how it is shown --------------------------------------------------------------------

    def set_crosshair(self, mm: Triple, reveal: bool = True) -> None:
        """Move the crosshair to LPS mm; `reveal` brings it back into sight where it left."""
        self.scene.crosshair = self.scene.clamp(self.scene.from_lps(mm))
        if reveal:
            self._cameras.reveal()
        self._repaints.slices()

    def crosshair(self) -> Triple:
        """Return the crosshair in LPS mm."""
        return self.scene.to_lps(self.scene.crosshair)

    def move_crosshair(self, grid: Triple) -> None:
        """Move the crosshair to grid mm and say so."""
        clamped = self.scene.clamp(grid)
        if clamped != self.scene.crosshair:
            self.scene.crosshair = clamped
            self._repaints.slices()
            self.crosshairMoved.emit(self.crosshair())

    def step_slice(self, view: str, n: int) -> None:
        """Move a view by n slices; n > 0 goes up on its rail (superior, anterior, right)."""
        canvas = self.slices.get(view)
        if canvas is not None:
            self.step_canvas(canvas, n)

    def step_canvas(self, canvas: SliceView, n: int) -> None:
        """Move the plane that a canvas shows by n slices up on its rail."""
        if self.scene.volume is not None:
            axis = canvas.plane.axis
            index = self.scene.index_of(axis) + (n if canvas.plane.rail_up else -n)
            self.go_to_slice(axis, index)

    def go_to_slice(self, axis: int, index: int) -> None:
        """Move the crosshair to a slice of one array axis."""
        grid = list(self.scene.crosshair)
        grid[axis] = index * self.scene.spacing[axis]
        self.move_crosshair((grid[0], grid[1], grid[2]))

    def set_window(self, width: float, level: float) -> None:
        """Show HU from level − width/2 to level + width/2; emits windowChanged on change."""
        window = (max(width, 1.0), level)
        if window == self.scene.window:
            return
        self.scene.window = window
        for view in self.slices.values():
            view.layers.set_window(*window)
        self.touch()
        self.windowChanged.emit(*window)

    def window_level(self) -> tuple[float, float]:
        """Return width and level in HU."""
        return self.scene.window

    def set_slab(self, mm: float) -> None:
        """Average the CT over a slab of 1, 3 or 5 mm; 0: the slice alone."""
        self.scene.slab_mm = mm
        for view in self.slices.values():
            view.layers.set_slab(self.scene, view.plane.axis)
        self.touch()

    def set_brush_extent(
        self,
        diameter_mm: float | None,
        shape: BrushShape = "disc",
        colour: str = style.RAIL_HANDLE,
    ) -> None:
        """Draw the brush at the pointer in all views; None: no brush."""
        brush = None if diameter_mm is None else BrushExtent(diameter_mm, shape, colour)
        self.scene.brush = brush
        self.touch()

    def set_shapes(self, shapes: tuple[Shape, ...]) -> None:
        """Draw the outlines of tools."""
        self.scene.shapes = tuple(shapes)
        self.touch()

    def set_measures(self, measures: tuple[Shape, ...]) -> None:
        """Draw measures; they stay while the case is open."""
        self.scene.measures = tuple(measures)
        self.touch()

    def set_box(self, box: Box | None, colour: str = style.RAIL_HANDLE) -> None:
        """Draw a box of voxels in all views, with handles where the slice cuts it."""
        self.scene.box = None if box is None else BoxExtent(box, colour)
        self.touch()

    def set_preview(self, preview: MaskPreview | None) -> None:
        """Hatch what an edit would change in all views, or nothing."""
        self.scene.preview = preview
        self.touch()

    def set_seeds(self, seeds: MaskPreview | None) -> None:
        """Hatch seeds of background, given as what they would turn to background."""
        self.scene.seeds = seeds
        self.touch()

    def pixel_mm(self, view: str) -> float:
        """Return how many mm a pixel of a slice canvas is wide."""
        return 1.0 / self.slices[view].projection.zoom

    def set_navigation(self, navigation: bool) -> None:
        """True: left-drag moves the crosshair; False: the left button is a tool's."""
        for view in self.slices.values():
            view.input.navigation = navigation

    def _masks_changed(self) -> None:
        self._repaints.choices()
