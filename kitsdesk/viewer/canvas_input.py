"""The one event filter of a canvas: it consumes every mouse, wheel, key and drop event, so
that nothing reaches napari's bindings, and says what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QWidget

from kitsdesk.viewer.gestures import Drag, Gestures
from kitsdesk.viewer.held_keys import HeldKeys
from kitsdesk.viewer.input_events import PointerKind
from kitsdesk.viewer.key_translation import (
    belongs_to_canvas,
    is_focus_key,
    key_press,
    modifier_names,
)

WHEEL_STEP = 120
ZOOM_PER_STEP = 1.15
# A drag of 100 px upwards doubles the picture.
ZOOM_PER_PX = 2**0.01


class Target(Protocol):
    """What the filter asks the canvas that it serves."""

    def keys_name(self) -> str:
        """Return the view's name for KeyPress."""

    def hit(self, position: QPointF) -> str:
        """Return "rail", "maximise" or "" for a place on the canvas."""


class CanvasInput(QObject):
    """Signals for one canvas; positions are px on it. `drag` is the running mode."""

    pointed = pyqtSignal(str, QPointF, frozenset, frozenset)
    picked = pyqtSignal(QPointF)
    sliced = pyqtSignal(int)
    zoomed = pyqtSignal(float, QPointF)
    sized = pyqtSignal(int)
    panned = pyqtSignal(float, float)
    windowed = pyqtSignal(float, float)
    railed = pyqtSignal(float)
    maximised = pyqtSignal()
    entered = pyqtSignal(bool)
    keyPressed = pyqtSignal(object)
    keyReleased = pyqtSignal(object)
    filesDropped = pyqtSignal(list)

    def __init__(
        self, overlay: QWidget, target: Target, held: HeldKeys, gestures: Gestures
    ) -> None:
        super().__init__(overlay)
        self.navigation = True
        self.drag: Drag = ""
        self._gestures = gestures
        self._overlay = overlay
        self._target = target
        self._held = held
        self._last = self._pressed = QPointF()
        self._button = Qt.MouseButton.NoButton
        self._wheel = 0.0
        self._handlers: dict[QEvent.Type, Callable[[QEvent], bool]] = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseButtonDblClick: self._double,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.Wheel: self._wheeled,
            QEvent.Type.ShortcutOverride: self._override,
            QEvent.Type.KeyPress: self._key_down,
            QEvent.Type.KeyRelease: self._key_up,
            QEvent.Type.Enter: self._enter,
            QEvent.Type.Leave: self._leave,
            QEvent.Type.DragEnter: self._drag_enter,
            QEvent.Type.DragMove: self._drag_enter,
            QEvent.Type.Drop: self._drop,
            QEvent.Type.ContextMenu: lambda _event: True,
        }
        overlay.setMouseTracking(True)
        overlay.setAcceptDrops(True)
        overlay.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        overlay.installEventFilter(self)

    def guard(self, widgets: list[QWidget]) -> None:
        """Consume the input of other widgets too (napari's, below the overlay)."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Handle an input event and keep it; let every other kind through."""
        if event is None:
            return False
        handler = self._handlers.get(event.type())
        if handler is None:
            return False
        if watched is not self._overlay:
            return True
        return handler(event)

    def _press(self, event: QEvent) -> bool:
        assert isinstance(event, QMouseEvent)
        place, button = event.position(), event.button()
        self._overlay.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.drag:
            return True
        self._last = self._pressed = place
        self._button = button
        if button == Qt.MouseButton.MiddleButton:
            self.drag = "pan"
        elif button == Qt.MouseButton.RightButton:
            self.drag = self._gestures.right_drag()
        elif button == Qt.MouseButton.LeftButton:
            self._press_left(event, "press")
        return True

    def _press_left(self, event: QMouseEvent, kind: PointerKind) -> None:
        place = event.position()
        hit = self._target.hit(place)
        if hit == "maximise":
            self.maximised.emit()
        elif hit == "rail":
            self.drag = "rail"
            self.railed.emit(place.y())
        else:
            modifiers = modifier_names(event.modifiers())
            self.drag = self._gestures.left_drag(self._held, self.navigation, modifiers)
            if self.drag == "crosshair":
                self.picked.emit(place)
            if self.drag == "pointer" or self._moves_freely():
                self._point(kind, event)

    def _moves_freely(self) -> bool:
        """Return whether the running drag is Navigate's own, which tells of its pointer."""
        return self.drag == "crosshair" and self.navigation

    def _double(self, event: QEvent) -> bool:
        assert isinstance(event, QMouseEvent)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._navigates() and not self._target.hit(event.position()):
            self.maximised.emit()
        elif left and not self.drag:
            self._last = self._pressed = event.position()
            self._button = event.button()
            self._press_left(event, "double")
        else:
            self._press(event)
        return True

    def _navigates(self) -> bool:
        """Return whether a double click is Navigate's: no mode has the left button."""
        return self.navigation and not self._gestures.left_mode

    def _move(self, event: QEvent) -> bool:
        assert isinstance(event, QMouseEvent)
        place = event.position()
        dx, dy = place.x() - self._last.x(), place.y() - self._last.y()
        self._last = place
        if self.drag == "pan":
            self.panned.emit(dx, dy)
        elif self.drag == "window":
            self.windowed.emit(dx, dy)
        elif self.drag == "zoom":
            self.zoomed.emit(ZOOM_PER_PX**-dy, self._pressed)
        elif self.drag == "rail":
            self.railed.emit(place.y())
        else:
            if self.drag == "crosshair":
                self.picked.emit(place)
            self._point("move", event)
        return True

    def _release(self, event: QEvent) -> bool:
        assert isinstance(event, QMouseEvent)
        if event.button() == self._button:
            tells = self.drag == "pointer" or self._moves_freely()
            self.drag = ""
            if tells:
                self._point("release", event)
        return True

    def _wheeled(self, event: QEvent) -> bool:
        assert isinstance(event, QWheelEvent)
        delta = event.angleDelta()
        # Some platforms turn the wheel sideways while Shift or Alt is down.
        self._wheel += delta.y() if delta.y() else delta.x()
        steps = int(self._wheel / WHEEL_STEP)
        if steps == 0:
            return True
        self._wheel -= steps * WHEEL_STEP
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(ZOOM_PER_STEP**steps, event.position())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.sized.emit(steps)
        else:
            self.sliced.emit(steps)
        return True

    def _override(self, event: QEvent) -> bool:
        assert isinstance(event, QKeyEvent)
        if belongs_to_canvas(event):
            event.accept()
        return True

    def _key_down(self, event: QEvent) -> bool:
        assert isinstance(event, QKeyEvent)
        if is_focus_key(event):
            return False
        press = key_press(event, self._target.keys_name())
        if not press.repeat:
            self._held.press(press)
        self.keyPressed.emit(press)
        return True

    def _key_up(self, event: QEvent) -> bool:
        assert isinstance(event, QKeyEvent)
        if not event.isAutoRepeat():
            press = key_press(event, self._target.keys_name())
            self._held.release(press.key)
            self.keyReleased.emit(press)
        return True

    def _enter(self, event: QEvent) -> bool:
        assert isinstance(event, QEnterEvent)
        if QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None:
            self._overlay.setFocus(Qt.FocusReason.MouseFocusReason)
        self._last = event.position()
        self.entered.emit(True)
        modifiers = modifier_names(QApplication.keyboardModifiers())
        self.pointed.emit("enter", event.position(), frozenset(), modifiers)
        return True

    def _leave(self, _event: QEvent) -> bool:
        self.entered.emit(False)
        modifiers = modifier_names(QApplication.keyboardModifiers())
        self.pointed.emit("leave", self._last, frozenset(), modifiers)
        return True

    def _drag_enter(self, event: QEvent) -> bool:
        assert isinstance(event, QDragEnterEvent | QDropEvent)
        data = event.mimeData()
        if data is not None and data.hasUrls():
            event.acceptProposedAction()
        return True

    def _drop(self, event: QEvent) -> bool:
        assert isinstance(event, QDropEvent)
        data = event.mimeData()
        files = [url.toLocalFile() for url in data.urls()] if data is not None else []
        event.acceptProposedAction()
        self.filesDropped.emit([file for file in files if file])
        return True

    def _point(self, kind: PointerKind, event: QMouseEvent) -> None:
        left = bool(event.buttons() & Qt.MouseButton.LeftButton)
        buttons = frozenset({"left"} if left else ())
        modifiers = modifier_names(event.modifiers())
        modifiers = self._gestures.tool_modifiers(self._held, modifiers)
        self.pointed.emit(kind, event.position(), buttons, modifiers)
