"""The window, its canvases, a field and the list, as the tests of keys use them."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def canvas_of(desk, view="axial"):
    overlay = desk.canvas.canvases()[view].overlay
    overlay.setFocus()
    QApplication.processEvents()
    assert overlay.hasFocus()
    return overlay


def field_of(desk):
    desk.window.cases.focus_filter()
    field = desk.window.cases.head.field
    field.clear()
    QApplication.processEvents()
    return field


def list_of(desk):
    view = desk.window.cases._view
    view.setFocus()
    QApplication.processEvents()
    assert view.hasFocus()
    return view


def napari_state(desk):
    state = []
    for view in desk.canvas.canvases().values():
        model = view.canvas.model
        layers = [(layer.name, str(layer.mode), layer.visible) for layer in model.layers]
        state.append((model.dims.order, model.dims.ndisplay, model.canvas.grid.enabled, layers))
    return state


def drag(overlay, start, end, modifiers=NONE, button=LEFT):
    for kind, place, pressed in (
        (QEvent.Type.MouseButtonPress, start, button),
        (QEvent.Type.MouseMove, end, button),
        (QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton),
    ):
        own = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        at = QPointF(*place)
        event = QMouseEvent(kind, at, overlay.mapToGlobal(at), own, pressed, modifiers)
        QApplication.sendEvent(overlay, event)
