"""Prints every control of every part of the window on which the focus cannot be seen.

python -m tests.kitsdesk.ui.look_at_the_focus dark|light
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QScrollArea, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gui"))

from gallery import PICTURES, filled

from kitsdesk.ui.command_palette import CommandPalette
from kitsdesk.ui.style import install_style
from tests.kitsdesk.ui.seen_widgets import seen

# WCAG 2.2, 2.4.13: the pixels that change do so by 3:1. The smallest ring is a slider's knob.
LEAST_CONTRAST = 3.0
LEAST_PIXELS = 24


def luminances(image: QImage) -> np.ndarray:
    """Return the relative luminance of every pixel, (height, width), by WCAG 2."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    shape = (image.height(), image.bytesPerLine() // 4, 4)
    blue_green_red = np.frombuffer(bits, np.uint8).reshape(shape)[:, : image.width(), :3] / 255.0
    linear = np.where(
        blue_green_red <= 0.04045, blue_green_red / 12.92, ((blue_green_red + 0.055) / 1.055) ** 2.4
    )
    return linear @ np.array([0.0722, 0.7152, 0.2126])


def changed_pixels(before: QImage, after: QImage) -> int:
    """Return how many pixels of two pictures of one size differ by the least contrast."""
    first, second = luminances(before), luminances(after)
    high, low = np.maximum(first, second), np.minimum(first, second)
    return int(((high + 0.05) / (low + 0.05) >= LEAST_CONTRAST).sum())


def grabbed(window: QWidget, widget: QWidget) -> QImage:
    """Return the widget as it is seen, on the ground it stands on."""
    QApplication.processEvents()
    place = widget.rect().translated(widget.mapTo(window, widget.rect().topLeft()))
    return window.grab(place).toImage()


def bring_into_view(widget: QWidget) -> None:
    """Scroll to a widget, as the Tab key does."""
    area = widget.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)
        area = area.parentWidget()


def stops(window: QWidget) -> list[QWidget]:
    """Return what the Tab key goes to. The palette's field is left out: the palette closes as it
    loses the focus."""
    return [
        widget
        for widget in seen(window, QWidget)
        if widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget.parent(), CommandPalette)
    ]


def kind_of(widget: QWidget) -> tuple[str, ...]:
    """Return what decides how the focus is drawn on a widget, so that each is looked at once."""
    named = [str(widget.property(name)) for name in ("kind", "extent", "segment", "bare", "code")]
    checked = widget.isChecked() if hasattr(widget, "isChecked") else False
    words = widget.text() if hasattr(widget, "text") else ""
    return (type(widget).__name__, *named, str(checked), widget.accessibleName(), words)


def without_ring(window: QWidget, known: set[tuple[str, ...]]) -> Iterator[str]:
    """Yield the controls, not yet `known`, that look the same with the focus."""
    window.activateWindow()
    for widget in stops(window):
        if kind_of(widget) in known:
            continue
        known.add(kind_of(widget))
        size = widget.size()
        bring_into_view(widget)
        held = QApplication.focusWidget()
        if held is not None:
            held.clearFocus()
        before = grabbed(window, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        pixels = changed_pixels(before, grabbed(window, widget))
        if not widget.hasFocus():
            yield f"takes no focus: {kind_of(widget)}"
        elif widget.size() != size:
            yield f"the focus changes its size: {kind_of(widget)}"
        elif pixels < LEAST_PIXELS:
            yield f"no focus to be seen, {pixels} pixels: {kind_of(widget)}"


application = QApplication(sys.argv[:1])
install_style(application, "light" if sys.argv[1] == "light" else "dark")
known: set[tuple[str, ...]] = set()
for name, picture in PICTURES.items():
    window = filled()
    window.show()
    application.processEvents()
    picture(window)
    for _ in range(4):
        application.processEvents()
    for found in without_ring(window, known):
        print(name, found)
    window.close()
    window.deleteLater()
print(f"looked at {len(known)} controls", file=sys.stderr)
