"""The keys that are down over any of the canvases; a hold ends when the canvases lose focus."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication, QWidget

from kitsdesk.viewer.input_events import KeyPress


class HeldKeys(QObject):
    """One set of held keys for all canvases, so that a hold outlives a move between them."""

    ended = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: dict[int, KeyPress] = {}
        self._canvases: list[QWidget] = []
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    def watch(self, canvas: QWidget) -> None:
        """Count a widget as a canvas: focus inside it keeps the holds."""
        self._canvases.append(canvas)

    def press(self, key: KeyPress) -> None:
        """Note that a key went down."""
        self._held[key.key] = key

    def release(self, key: int) -> None:
        """Note that a key came up."""
        self._held.pop(key, None)

    def holds(self, key: int) -> bool:
        """Return whether a key is down."""
        return int(key) in self._held

    def end_all(self) -> None:
        """Let go of every key and say so, as on the loss of focus."""
        held, self._held = list(self._held.values()), {}
        for key in held:
            self.ended.emit(key)

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new not in self._canvases:
            self.end_all()
