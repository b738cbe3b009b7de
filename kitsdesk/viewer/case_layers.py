"""The napari layers of one slice canvas: CT, a one-hue overlay and the filled mask.

They live as long as the window; another case swaps their data, scale and range. The mask
layer shows the shared array and is never painted on: our tools write the array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from napari.components import ViewerModel
from napari.utils.colormaps import Colormap, DirectLabelColormap
from numpy.typing import NDArray

from kitsdesk.tokens import rgb
from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.scene import DEFAULT_OPACITY, Scene

BLANK = np.zeros((2, 2, 2), np.uint8)
# One hue each, from clear to strong.
RAMP_COLOURS = {"votes": (style.ACCENT, 0.75), "entropy": (style.WARNING, 0.85)}
VOTES_RANGE = (0.0, 5.0)
ENTROPY_RANGE = (0.0, 255.0)


def fill_colours(opacity: float) -> dict[int | None, NDArray[np.float64]]:
    """Return RGBA per label at a slider's opacity (0–1); background is clear.

    At the slider's default the fill has the tokens' strength; it grows to solid at 1.
    """
    clear = np.zeros(4)
    colours: dict[int | None, NDArray[np.float64]] = {None: clear, 0: clear}
    for label, look in style.STRUCTURES.items():
        if opacity <= DEFAULT_OPACITY:
            alpha = look.fill_opacity * opacity / DEFAULT_OPACITY
        else:
            above = (opacity - DEFAULT_OPACITY) / (1 - DEFAULT_OPACITY)
            alpha = look.fill_opacity + (1 - look.fill_opacity) * above
        colours[label] = np.array([*_rgb(look.colour), alpha])
    return colours


class CaseLayers:
    """CT, overlay and fill of one ViewerModel, and what must be repeated per case."""

    def __init__(self, model: ViewerModel) -> None:
        self.model = model
        self.ct = model.add_image(
            BLANK, name="ct", colormap="gray", interpolation2d="linear", contrast_limits=(0, 1)
        )
        self.overlay = model.add_image(
            BLANK, name="overlay", visible=False, blending="translucent", contrast_limits=(0, 1)
        )
        self.overlay.projection_mode = "none"
        self.fill = model.add_labels(
            BLANK, name="fill", visible=False, colormap=_colormap(DEFAULT_OPACITY)
        )
        self._opacity = DEFAULT_OPACITY
        for layer in (self.ct, self.overlay, self.fill):
            layer.mouse_pan = False
            layer.mouse_zoom = False

    def show_case(self, scene: Scene) -> None:
        """Swap in the scene's volume; mask and overlay follow with their own calls."""
        if scene.volume is None:
            _show(self.ct, False)
            self._swap(self.ct, BLANK, (1.0, 1.0, 1.0))
            return
        self._swap(self.ct, scene.volume.array, scene.spacing)
        _show(self.ct, True)
        self.set_window(*scene.window)

    def show_mask(self, mask: NDArray[np.uint8] | None, scene: Scene) -> None:
        """Show a mask as fill, or none."""
        shown = mask is not None and scene.fill and scene.mask_visible
        if mask is not None and shown:
            if scene.opacity != self._opacity:
                self._opacity = scene.opacity
                self.fill.colormap = _colormap(scene.opacity)
            self._swap(self.fill, mask, scene.spacing)
        else:
            # An old case's mask would keep its memory and widen the range of the dims.
            self._empty(self.fill)
        _show(self.fill, shown)

    def show_overlay(self, scene: Scene) -> None:
        """Show votes or entropy as a one-hue ramp over the CT, or nothing."""
        values = scene.overlay_values if scene.overlay != "none" else None
        if values is None:
            _show(self.overlay, False)
            self._empty(self.overlay)
            return
        self._swap(self.overlay, values, scene.spacing)
        self.overlay.colormap = _ramp(scene.overlay)
        self.overlay.contrast_limits = VOTES_RANGE if scene.overlay == "votes" else ENTROPY_RANGE
        _show(self.overlay, True)

    def set_window(self, width: float, level: float) -> None:
        """Map HU from level − width/2 (black) to level + width/2 (white)."""
        low, high = level - width / 2, level + width / 2
        known_low, known_high = self.ct.contrast_limits_range
        if low < known_low or high > known_high:
            self.ct.contrast_limits_range = (min(low, known_low), max(high, known_high))
        if tuple(self.ct.contrast_limits) != (low, high):
            self.ct.contrast_limits = (low, high)

    def set_slab(self, scene: Scene, axis: int) -> None:
        """Average the CT over `slab_mm` across the slice (0: the slice alone)."""
        half = max(scene.slab_mm - scene.spacing[axis], 0.0) / 2
        margins = [0.0, 0.0, 0.0]
        margins[axis] = half
        mode, dims = "mean" if half > 0 else "none", self.model.dims
        if str(self.ct.projection_mode) != mode:
            self.ct.projection_mode = mode
        # Napari cuts every layer again for each of these, whether it changed or not.
        if tuple(dims.margin_left) != tuple(margins):
            dims.margin_left = tuple(margins)
            dims.margin_right = tuple(margins)

    def refresh_fill(self) -> None:
        """Read the shared mask again for the slice shown."""
        if self.fill.visible:
            self.fill.refresh(thumbnail=False, highlight=False, extent=False)

    @staticmethod
    def _empty(layer: Any) -> None:
        # The scale stays: a layer that is not seen need not be cut again for another one.
        if layer.data is not BLANK:
            layer.data = BLANK

    @staticmethod
    def _swap(layer: Any, data: NDArray[Any], spacing: tuple[float, float, float]) -> None:
        if layer.data is not data:
            layer.data = data
        if tuple(layer.scale) != tuple(spacing):
            layer.scale = spacing


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (value / 255 for value in rgb(colour))
    return red, green, blue


def _ramp(kind: str) -> Colormap:
    colour, strongest = RAMP_COLOURS[kind]
    return Colormap([(*_rgb(colour), 0.0), (*_rgb(colour), strongest)], name=kind)


def _show(layer: Any, visible: bool) -> None:
    """Show or hide a layer; napari rebuilds its scene each time it is told."""
    if layer.visible != visible:
        layer.visible = visible


def _colormap(opacity: float) -> DirectLabelColormap:
    return DirectLabelColormap(color_dict=fill_colours(opacity))
