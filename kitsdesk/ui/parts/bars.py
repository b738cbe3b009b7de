"""Horizontal bars: a Dice, a progress, or parts of a whole."""

from __future__ import annotations

from PyQt6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_PART = part_sizes("bars")
_THICK: int = control("progress_thick")
PROGRESS_MS = 200


def draw_bar(
    painter: QPainter, track: QRectF, parts: list[tuple[float, QColor]], ground: QColor
) -> None:
    """Draw a rounded track and on it parts from the left; fractions of the track's width."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    clip = QPainterPath()
    clip.addRoundedRect(track, track.height() / 2, track.height() / 2)
    painter.fillPath(clip, ground)
    x = track.left()
    for fraction, colour in parts:
        width = min(1.0, max(0.0, fraction)) * track.width()
        if width > 0:
            part = QPainterPath()
            radius = min(track.height() / 2, width / 2)
            part.addRoundedRect(QRectF(x, track.top(), width, track.height()), radius, radius)
            painter.fillPath(part.intersected(clip), colour)
        x += width
    painter.restore()


class Bar(QWidget):
    """One value 0–1 on a track; `tone` is a colour token or "structure:N"."""

    def __init__(self, thickness: int = _THICK, tone: str = "accent", least: float = 0.0) -> None:
        super().__init__()
        self._thickness, self._tone, self._least = thickness, tone, least
        self._value: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_value(self, value: float | None, tone: str = "") -> None:
        """Show a fraction, None for "not known"."""
        self._value = value
        self._tone = tone or self._tone
        self.update()

    def value(self) -> float | None:
        """Return what is shown."""
        return self._value

    def sizeHint(self) -> QSize:
        """Return a thin row."""
        return QSize(_PART["bar_width"], self._thickness)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the track and the value on it."""
        style = active_style()
        colour = (
            style.structure(int(self._tone.split(":")[1]))
            if self._tone.startswith("structure:")
            else style.colour(self._tone)
        )
        top = (self.height() - self._thickness) / 2
        track = QRectF(0, top, self.width(), self._thickness)
        parts = []
        if self._value is not None:
            parts = [(max(self._value, self._least), colour)]
        draw_bar(QPainter(self), track, parts, style.colour("border"))


class ProgressLine(Bar):
    """A bar that eases to its new value over 200 ms."""

    def __init__(self, thickness: int = _THICK) -> None:
        super().__init__(thickness, "accent")
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(PROGRESS_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(
            lambda value: super(ProgressLine, self).set_value(float(value))
        )

    def set_value(self, value: float | None, tone: str = "") -> None:
        """Ease to `value`; the first value is shown at once."""
        start = self.value()
        self._animation.stop()
        if value is None or start is None or not self.isVisible() or value < start:
            super().set_value(value, tone)
            return
        self._animation.setStartValue(start)
        self._animation.setEndValue(value)
        self._animation.start()


class PartsBar(QWidget):
    """Two parts of a whole, such as reviewed and unreviewed cases of a fold."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[float, float] = (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_parts(self, first: float, second: float) -> None:
        """Show two fractions of the width."""
        self._parts = (first, second)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a thin row."""
        return QSize(*_PART["parts_size"])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw both parts; the second one quiet."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, second = (round(part * self.width()) for part in self._parts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent"))
        if first:
            draw_rounded(painter, QRectF(0, 0, first, self.height()), "thin_bar")
        painter.setBrush(style.colour("border_strong"))
        painter.setOpacity(0.7)
        if second:
            left = first + (1 if first else 0)
            draw_rounded(painter, QRectF(left, 0, second, self.height()), "thin_bar")
