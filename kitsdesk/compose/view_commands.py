"""What the View menu and the single keys do to the canvases: layouts, windows, masks, modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer

from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.viewer.gestures import LeftMode

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

PRESETS: dict[Id, tuple[float, float]] = {
    Id.PRESET_SOFT_TISSUE: (400.0, 40.0),
    Id.PRESET_KIDNEY: (300.0, 40.0),
    Id.PRESET_LIVER: (150.0, 90.0),
    Id.PRESET_BONE: (1500.0, 400.0),
    Id.PRESET_LUNG: (1500.0, -600.0),
    Id.PRESET_RESET: (400.0, 40.0),
}
LAYOUTS: dict[Id, str] = {
    Id.LAYOUT_QUAD: "quad",
    Id.LAYOUT_AXIAL: "axial",
    Id.LAYOUT_CORONAL: "coronal",
    Id.LAYOUT_SAGITTAL: "sagittal",
    Id.LAYOUT_3D: "3d",
    Id.SIDE_BY_SIDE: "side_by_side",
}
LEFT_MODES: dict[Id, LeftMode] = {
    Id.LEFT_CROSSHAIR: "crosshair",
    Id.LEFT_PAN: "pan",
    Id.LEFT_WINDOW: "window",
}
SLICES: dict[Id, int] = {
    Id.SLICE_UP: 1,
    Id.SLICE_DOWN: -1,
    Id.SLICE_UP_TEN: 10,
    Id.SLICE_DOWN_TEN: -10,
    Id.SLICE_FIRST: 100_000,
    Id.SLICE_LAST: -100_000,
}
# Three changes a second at most: faster flicker can harm.
FLICKER_MS, OPACITY_STEP = 334, 0.1


class ViewCommands(QObject):
    """Keeps what the canvases show in step with the menu's ticks."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__()
        self._host = host
        self._swapped = False
        self._flicker = QTimer(self)
        self._flicker.setInterval(FLICKER_MS)
        self._flicker.timeout.connect(self._swap)
        registry = host.window.registry
        for action in (Id.SHOW_MASK, Id.LAYOUT_QUAD, Id.LINK_VIEWS):
            registry.set_checked(action, True)
        host.canvas.layoutChanged.connect(self._show_layout)
        host.desk.editing.toolChanged.connect(lambda _tool: self._set_left(""))

    def table(self) -> dict[Id, Callable[[], object]]:
        """Return what each of the entries does."""
        canvas, host = self._host.canvas, self._host
        table: dict[Id, Callable[[], object]] = {
            action: partial(canvas.set_window, *window) for action, window in PRESETS.items()
        }
        table |= {action: partial(canvas.set_layout, name) for action, name in LAYOUTS.items()}
        table |= {action: partial(self._step, n) for action, n in SLICES.items()}
        table |= {action: partial(self._toggle_left, action) for action in LEFT_MODES}
        table |= self._mask_table()
        table |= {
            Id.PRESET_NETWORK: lambda: canvas.set_window(*host.network_window()),
            Id.SCATTER: lambda: host.window.show_page("scatter"),
            Id.MAXIMISE: lambda: canvas.toggle_maximised(canvas.active_canvas),
            Id.LINK_VIEWS: lambda: host.set_linked(self._is_on(Id.LINK_VIEWS)),
            Id.WHOLE_VOLUME: canvas.reset_views,
            Id.THEME_SYSTEM: partial(host.set_theme, "system"),
            Id.THEME_DARK: partial(host.set_theme, "dark"),
            Id.THEME_LIGHT: partial(host.set_theme, "light"),
        }
        return table

    def _mask_table(self) -> dict[Id, Callable[[], object]]:
        canvas, desk = self._host.canvas, self._host.desk
        table: dict[Id, Callable[[], object]] = {
            Id.SHOW_MASK: lambda: canvas.set_mask_visible(self._is_on(Id.SHOW_MASK)),
            Id.FILL_MASK: lambda: self._host.set_fill(self._is_on(Id.FILL_MASK)),
            Id.OPACITY_LESS: lambda: self._opacity(-OPACITY_STEP),
            Id.OPACITY_MORE: lambda: self._opacity(OPACITY_STEP),
            Id.SWAP_MASKS: self._swap,
            Id.FLICKER: self._toggle_flicker,
            Id.VOTES: lambda: desk.review.show_overlay("votes"),
            Id.ENTROPY: lambda: desk.review.show_overlay("entropy"),
            Id.SIZE_LESS: lambda: desk.editing.step_diameter(-1),
            Id.SIZE_MORE: lambda: desk.editing.step_diameter(1),
            Id.ERASING: self._toggle_erasing,
        }
        for structure, action in enumerate(
            (Id.STRUCTURE_0, Id.STRUCTURE_1, Id.STRUCTURE_2, Id.STRUCTURE_3)
        ):
            table[action] = partial(desk.editing.choose_structure, structure)
        return table

    def _is_on(self, action: Id) -> bool:
        return self._host.window.registry.is_checked(action)

    def _step(self, slices: int) -> None:
        canvas = self._host.canvas
        canvas.step_slice(canvas.active_canvas, slices)

    def _swap(self) -> None:
        self._swapped = not self._swapped
        source = "prediction" if self._swapped else "working"
        self._host.canvas.set_mask_source("prediction" if self._swapped else "working")
        self._host.canvas.set_surface_source(source)

    def _toggle_flicker(self) -> None:
        if self._is_on(Id.FLICKER):
            self._flicker.start()
        else:
            self._flicker.stop()
            if self._swapped:
                self._swap()

    def _opacity(self, step: float) -> None:
        opacity = min(1.0, max(0.0, self._host.canvas.scene.opacity + step))
        self._host.canvas.set_opacity(opacity)
        self._host.window.toolbar.set_opacity(opacity)

    def _toggle_erasing(self) -> None:
        self._host.canvas.gestures.erasing = self._is_on(Id.ERASING)

    def _toggle_left(self, action: Id) -> None:
        self._set_left(LEFT_MODES[action] if self._is_on(action) else "")

    def _set_left(self, mode: LeftMode) -> None:
        self._host.canvas.gestures.left_mode = mode
        for action, name in LEFT_MODES.items():
            self._host.window.registry.set_checked(action, name == mode)

    def _show_layout(self, name: str) -> None:
        for action, layout in LAYOUTS.items():
            if layout == name:
                self._host.window.registry.set_checked(action, True)
