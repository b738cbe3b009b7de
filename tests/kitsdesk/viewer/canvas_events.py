"""Mouse and wheel events sent to a canvas, with all of their parts under control."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def overlay(quad, view="axial"):
    return quad.canvases()[view].overlay


def mouse(widget, kind, x, y, button=LEFT, buttons=None, modifiers=NONE):
    """Send one mouse event with all of its parts under control."""
    if buttons is None:
        released = kind == QEvent.Type.MouseButtonRelease
        buttons = Qt.MouseButton.NoButton if released else button
    place = QPointF(x, y)
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, buttons, modifiers)
    QApplication.sendEvent(widget, event)


def drag(widget, start, end, button=LEFT, modifiers=NONE):
    mouse(widget, QEvent.Type.MouseButtonPress, *start, button, modifiers=modifiers)
    mouse(widget, QEvent.Type.MouseMove, *end, Qt.MouseButton.NoButton, button, modifiers=modifiers)
    mouse(widget, QEvent.Type.MouseButtonRelease, *end, button, modifiers=modifiers)


def wheel(widget, steps, modifiers=NONE, at=(100, 100), sideways=False):
    place = QPointF(*at)
    delta = QPoint(120 * steps, 0) if sideways else QPoint(0, 120 * steps)
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
