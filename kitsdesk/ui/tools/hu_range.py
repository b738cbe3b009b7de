"""A histogram of HU with two handles."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import line_width, part_sizes
from kitsdesk.ui.parts.wording import number_text
from kitsdesk.ui.style import Style, active_style

_BARS = 60
_PART = part_sizes("hu_range")
_PLOT: int = _PART["plot"]
_EDGE: int = _PART["edge"]
_FOOT: int = _PART["foot"]
_HANDLE: float = _PART["handle_radius"]


class HuRange(QWidget):
    """`rangeChanged(low, high)` in HU while a handle is dragged or moved by keys."""

    rangeChanged = pyqtSignal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self._counts: NDArray[Any] = np.zeros(_BARS)
        self._axis = (-160.0, 240.0)
        self._range = [10.0, 90.0]
        self._held: int | None = None
        self._last = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("HU range")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_histogram(self, counts: NDArray[Any], low: float, high: float) -> None:
        """Show counts over the axis low to high (HU); they are gathered to 60 bars."""
        edges = np.linspace(0, len(counts), _BARS + 1).astype(int)
        bars = [float(np.sum(counts[a : max(a + 1, b)])) for a, b in pairwise(edges)]
        self._counts = np.sqrt(np.asarray(bars))
        self._axis = (low, high)
        self._range = [min(max(v, low), high) for v in self._range]
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show a range, without a signal."""
        self._range = [low, high]
        self.update()

    def hu_range(self) -> tuple[float, float]:
        """Return (low, high) in HU."""
        return self._range[0], self._range[1]

    def sizeHint(self) -> QSize:
        """Return bars, track and one line of captions."""
        return QSize(_PART["width"], _PLOT + _EDGE + active_style().px(_FOOT))

    def _x(self, value: float) -> float:
        low, high = self._axis
        inner = self.width() - 2 * _EDGE
        return _EDGE + inner * (value - low) / max(1e-6, high - low)

    def _value(self, x: float) -> float:
        low, high = self._axis
        share = (x - _EDGE) / max(1, self.width() - 2 * _EDGE)
        return float(round(low + min(1.0, max(0.0, share)) * (high - low)))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw bars, track, handles and the ends of the axis."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bars(painter, style)
        self._paint_track(painter, style)
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour("text_muted"))
        foot = QRectF(0, _PLOT + _EDGE, self.width(), style.px(_FOOT))
        below = Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot, int(below | Qt.AlignmentFlag.AlignLeft), number_text(self._axis[0]))
        painter.drawText(
            foot, int(below | Qt.AlignmentFlag.AlignRight), f"{number_text(self._axis[1])} HU"
        )

    def _paint_bars(self, painter: QPainter, style: Style) -> None:
        top = float(self._counts.max()) or 1.0
        step = (self.width() - 2 * _EDGE) / _BARS
        on = "accent" if self.isEnabled() else "text_disabled"
        for place, count in enumerate(self._counts):
            height = _PLOT * float(count) / top
            x = _EDGE + place * step
            inside = self._range[0] <= self._value(x + step / 2) <= self._range[1]
            colour = style.colour(on if inside else "border_strong")
            colour.setAlphaF(1.0 if inside else 0.55)
            painter.fillRect(QRectF(x, _PLOT - height, max(1.0, step - 1.5), height), colour)

    def _paint_track(self, painter: QPainter, style: Style) -> None:
        y = _PLOT + 1.0
        painter.setPen(QPen(style.colour("border"), line_width("thick")))
        painter.drawLine(QPointF(_EDGE, y), QPointF(self.width() - _EDGE, y))
        low, high = (self._x(value) for value in self._range)
        painter.setPen(
            QPen(
                style.colour("accent" if self.isEnabled() else "border_strong"), line_width("thick")
            )
        )
        painter.drawLine(QPointF(low, y), QPointF(high, y))
        for number, x in enumerate((low, high)):
            focused = self.hasFocus() and number == self._last
            painter.setPen(
                QPen(style.colour("focus_ring" if focused else "panel"), line_width("focus"))
            )
            painter.setBrush(style.colour("text" if self.isEnabled() else "text_disabled"))
            painter.drawEllipse(QPointF(x, y), _HANDLE, _HANDLE)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the nearer handle."""
        if event is not None:
            x = event.position().x()
            distances = [abs(x - self._x(value)) for value in self._range]
            both = distances[0] == distances[1]
            self._held = int(x > self._x(self._range[0])) if both else int(np.argmin(distances))
            self._last = self._held
            self._move(x)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the handle that is held."""
        if event is not None and self._held is not None:
            self._move(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let the handle go."""
        self._held = None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the last handle by one HU; Up and Down take the other one."""
        if event is None:
            return
        step = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._last = 1 - self._last
            self.update()
        elif step is not None:
            self._set(self._last, self._range[self._last] + step)
        else:
            super().keyPressEvent(event)

    def _move(self, x: float) -> None:
        if self._held is not None:
            self._set(self._held, self._value(x))

    def _set(self, handle: int, value: float) -> None:
        low, high = self._axis
        limits = (low, self._range[1]) if handle == 0 else (self._range[0], high)
        self._range[handle] = min(max(value, limits[0]), limits[1])
        self.update()
        self.rangeChanged.emit(*self._range)
