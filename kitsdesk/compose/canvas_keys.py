"""Single keys over the canvases; keys with Ctrl or Alt are menu shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, QTimer

from kitsdesk.viewer.input_events import KeyPress

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

PAGE, FLICKER_MS, OPACITY_STEP = 10, 334, 0.1
Key = Qt.Key


class CanvasKeys(QObject):
    """Looks a key up in one table. Holds end when the key or the focus goes."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__()
        self._host = host
        self._flicker = QTimer(self)
        self._flicker.setInterval(FLICKER_MS)
        self._flicker.timeout.connect(self._swap)
        self._swapped = False
        self._table = self._keys()

    def press(self, key: KeyPress) -> None:
        """Do what the key stands for; keys with Ctrl or Alt are not for here."""
        if "ctrl" in key.modifiers or "alt" in key.modifiers:
            return
        shift = "shift" in key.modifiers
        if key.text == "?":
            self._host.window.keys.open_sheet()
        elif key.key == Key.Key_N:
            self._host.desk.review.step(-1 if shift else 1)
        elif key.key == Key.Key_H and not key.repeat:
            self._host.canvas.set_mask_visible(False)
        elif key.key in self._moves():
            step = self._moves()[key.key]
            self._host.canvas.step_slice(key.view, step)
        elif key.key in self._table and not (key.repeat and key.key in _ONCE):
            self._table[key.key]()

    def release(self, key: KeyPress) -> None:
        """End a hold."""
        if key.key == Key.Key_H:
            self._host.canvas.set_mask_visible(True)

    def swap(self) -> None:
        """Show the prediction in the working mask's place, or back."""
        self._swap()

    def toggle_flicker(self) -> None:
        """Swap three times a second, or stop."""
        if self._flicker.isActive():
            self._flicker.stop()
            if self._swapped:
                self._swap()
        else:
            self._flicker.start()

    def _swap(self) -> None:
        self._swapped = not self._swapped
        self._host.canvas.set_mask_source("prediction" if self._swapped else "working")
        self._host.canvas.set_surface_source("prediction" if self._swapped else "working")

    def _keys(self) -> dict[int, Callable[[], object]]:
        desk = self._host.desk
        editing, review = desk.editing, desk.review
        table: dict[int, Callable[[], object]] = {
            Key.Key_Escape: lambda: editing.choose_tool("navigate"),
            Key.Key_B: lambda: self._tool("brush"),
            Key.Key_E: lambda: self._tool("eraser"),
            Key.Key_L: lambda: self._tool("lasso"),
            Key.Key_F: lambda: self._tool("fill"),
            Key.Key_M: lambda: self._tool("ruler"),
            Key.Key_G: self._swap,
            Key.Key_T: self.toggle_flicker,
            Key.Key_Y: review.take,
            Key.Key_K: review.keep_reference,
            Key.Key_Plus: lambda: editing.step_diameter(1),
            Key.Key_Equal: lambda: editing.step_diameter(1),
            Key.Key_BracketRight: lambda: editing.step_diameter(1),
            Key.Key_Minus: lambda: editing.step_diameter(-1),
            Key.Key_BracketLeft: lambda: editing.step_diameter(-1),
            Key.Key_Comma: lambda: self._opacity(-OPACITY_STEP),
            Key.Key_Period: lambda: self._opacity(OPACITY_STEP),
        }
        for structure in range(4):
            table[Key.Key_0 + structure] = partial(editing.choose_structure, structure)
        return table

    def _tool(self, tool: str) -> None:
        self._host.desk.editing.choose_tool(tool)
        self._host.window.side.show_tab("tools")

    def _opacity(self, step: float) -> None:
        opacity = min(1.0, max(0.0, self._host.canvas.scene.opacity + step))
        self._host.canvas.set_opacity(opacity)
        self._host.window.toolbar.set_opacity(opacity)

    def _moves(self) -> dict[int, int]:
        deepest = max(self._host.canvas.scene.shape)
        return {
            Key.Key_Up: 1,
            Key.Key_Down: -1,
            Key.Key_PageUp: PAGE,
            Key.Key_PageDown: -PAGE,
            Key.Key_Home: deepest,
            Key.Key_End: -deepest,
        }


_ONCE = {
    Key.Key_B,
    Key.Key_E,
    Key.Key_L,
    Key.Key_F,
    Key.Key_M,
    Key.Key_G,
    Key.Key_T,
    Key.Key_Y,
    Key.Key_K,
}
