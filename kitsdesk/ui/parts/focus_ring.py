"""The ring that says where the keys go, where the style sheet does not draw it: rows of lists,
scrolled areas and controls that paint themselves."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractScrollArea, QStyle, QStyleOptionViewItem, QWidget

from kitsdesk.ui.design_tokens import line_width
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style


def draw_row_ring(
    painter: QPainter, option: QStyleOptionViewItem, box: QRectF, role: str = "bar"
) -> None:
    """Draw the ring just within `box`, the row's ground, where the row has the keys; its
    corners are as round as the `role` of the ground."""
    if not option.state & QStyle.StateFlag.State_HasFocus:
        return
    draw_ring(painter, box, role)


def draw_ring(painter: QPainter, box: QRectF, role: str) -> None:
    """Draw the ring just within `box`; the painter is left as it was."""
    _draw(painter, box, role, "focus_ring", line_width("focus") / 2)


def draw_ring_on_fill(painter: QPainter, box: QRectF, role: str) -> None:
    """Draw the ring within a control filled with the accent, which in one theme is nearly the
    colour of the ring: in the colour of the words, 1 px from the edge."""
    inset = line_width("edge") + line_width("focus") / 2
    _draw(painter, box, role, "on_accent", inset)


def draw_ring_within(painter: QPainter, box: QRectF, role: str) -> None:
    """Draw the ring within a border that is as wide and nearly of its colour."""
    _draw(painter, box, role, "focus_ring", 1.5 * line_width("focus"))


def _draw(painter: QPainter, box: QRectF, role: str, colour: str, inset: float) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(active_style().colour(colour), line_width("focus")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_rounded(painter, box.adjusted(inset, inset, -inset, -inset), role)
    painter.restore()


class AreaFocus(QWidget):
    """Lies over an area that takes the keys only to scroll or to point, and is seen while it
    has them; the style sheet cannot draw there, because a border would move what it holds."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._area = area
        area.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Come and go with the focus, and keep to the area's size."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self.resize(self._area.size())
        elif event is not None and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.resize(self._area.size())
            self.setVisible(event.type() == QEvent.Type.FocusIn)
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ring along the edges."""
        painter = QPainter(self)
        draw_ring(painter, QRectF(self.rect()), "control")
        painter.end()
