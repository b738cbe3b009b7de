"""What a person sees of a window: its texts, whether they fit, and what can be clicked."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)

from kitsdesk.ui.pages.interval_card import IntervalCard
from kitsdesk.ui.parts.labels import ElidedLabel

HERE = QPoint(3, 3)
"""Where the first row of a list is."""
# What paints all its words, each into a place of its own: `painted_texts` looks at these.
PAINTED = (IntervalCard,)
CLICKED = (QAbstractButton, QLineEdit, QAbstractSpinBox, QSlider)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, by WCAG 2."""
    value = QColor(colour)
    parts = []
    for part in (value.redF(), value.greenF(), value.blueF()):
        parts.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def seen(window: QWidget, kind: type) -> list:
    """Return the widgets of a kind that are on screen."""
    return [widget for widget in window.findChildren(kind) if widget.isVisibleTo(window)]


def named(widget: QWidget) -> str:
    """Return a widget as a message names it."""
    text = widget.text() if hasattr(widget, "text") else widget.accessibleName()
    return f"{type(widget).__name__} {text!r}"


def cut_texts(window: QWidget) -> list[str]:
    """Return the labels and buttons whose text does not fit them; names of files may elide."""
    found = []
    for label in seen(window, QLabel):
        if label.text() and not isinstance(label, ElidedLabel) and not label.pixmap().width():
            room = label.contentsRect()
            if label.wordWrap():
                need = label.heightForWidth(label.width())
                fits = need <= label.height() + 1
            else:
                need = label.sizeHint()
                fits = need.width() <= label.width() + 1 and room.height() > 0
            if not fits:
                found.append(f"{named(label)}: {need} in {label.size()}")
    for button in seen(window, QAbstractButton):
        # A tool button without an icon shows its text whatever its style.
        shows = (
            not isinstance(button, QToolButton)
            or button.icon().isNull()
            or button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        painted = isinstance(button, PAINTED)
        if (
            button.text()
            and shows
            and not painted
            and button.sizeHint().width() > button.width() + 1
        ):
            found.append(f"{named(button)}: {button.sizeHint()} in {button.size()}")
    return found


def small_targets(window: QWidget, least: int = 24) -> list[str]:
    """Return what can be clicked and is smaller than a fingertip needs."""
    found = []
    for widget in window.findChildren(QWidget):
        inner = isinstance(widget.parent(), QAbstractSpinBox)
        if isinstance(widget, CLICKED) and widget.isVisibleTo(window) and not inner:
            # Inner buttons of a field, such as its clear button, are the style's own.
            in_field = isinstance(widget.parent(), QLineEdit)
            # A path to read and copy is a text, not a target.
            in_field = in_field or (isinstance(widget, QLineEdit) and widget.isReadOnly())
            if not in_field and min(widget.width(), widget.height()) < least:
                found.append(f"{named(widget)}: {widget.width()} × {widget.height()}")
    return found


def small_rows(window: QWidget, least: int = 24) -> list[str]:
    """Return the rows of lists and the tabs that are lower or narrower than a target."""
    places = [
        (f"{type(view).__name__} {view.accessibleName()!r}", view.visualRect(view.indexAt(HERE)))
        for view in seen(window, QAbstractItemView)
        if view.indexAt(HERE).isValid()
    ]
    for bar in seen(window, QTabBar):
        places += [(f"tab {bar.tabText(tab)!r}", bar.tabRect(tab)) for tab in range(bar.count())]
    return [
        f"{name}: {place.width()} × {place.height()}"
        for name, place in places
        if min(place.width(), place.height()) < least
    ]


def cut_tabs(window: QWidget) -> list[str]:
    """Return the tabs whose words are wider than they."""
    return [
        f"tab {bar.tabText(tab)!r}"
        for bar in seen(window, QTabBar)
        for tab in range(bar.count())
        if bar.fontMetrics().horizontalAdvance(bar.tabText(tab)) > bar.tabRect(tab).width()
        or bar.tabRect(tab).right() > bar.width()
    ]


def unlabelled(window: QWidget) -> list[str]:
    """Return the buttons and fields that a screen reader has no name for."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget.parent(), QLineEdit):
            # Qt's own button that empties a field; Esc does the same.
            continue
        if isinstance(widget, (QPushButton, QToolButton, QAbstractSpinBox)):
            name = widget.accessibleName() or (
                widget.text() if isinstance(widget, QAbstractButton) else ""
            )
            if widget.isVisibleTo(window) and not name and widget.objectName() == "":
                found.append(named(widget))
    return found


def outside(window: QWidget) -> list[str]:
    """Return the labels and buttons that reach beyond the window's edges."""
    found = []
    for kind in (QLabel, QAbstractButton):
        for widget in seen(window, kind):
            corner = widget.mapTo(window, QPoint(widget.width() - 1, widget.height() - 1))
            if corner.x() >= window.width() + 1 and widget.text():
                found.append(f"{named(widget)} ends at {corner.x()}")
    return found
