"""Curves of one fold in training: loss, validation loss, pseudo-Dice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.project.job_rows import FoldCurve
from kitsdesk.ui.design_tokens import line_width, part_sizes
from kitsdesk.ui.style import active_style

Points = NDArray[np.float64]
_PART = part_sizes("fold_plot")
_MOST_POINTS = 160


def unit_scaled(values: tuple[float, ...], low: float, high: float) -> Points:
    """Return values with [low, high] as [0.06, 0.94]: losses and Dice share one picture."""
    array = np.asarray(values, dtype=float)
    span = high - low
    return 0.06 + 0.88 * (array - low) / span if span > 0 else np.full(array.shape, 0.5)


def thinned(values: Points, most: int = _MOST_POINTS) -> Points:
    """Return at most `most` values: means of equal stretches, the last value kept as it is.

    A thousand epochs in a picture of 180 px are more points than pixels.
    """
    if len(values) <= most:
        return values
    edges = np.linspace(0, len(values), most + 1).astype(int)
    means = np.add.reduceat(values, edges[:-1]) / np.diff(edges)
    means[-1] = values[-1]
    return means


class FoldPlot(QWidget):
    """A plain picture without axes, grid or menu, drawn by hand: fifteen of them open at once,
    and a plotting widget each would take seconds to build.

    With `whole` the width is all epochs of the training, else the finished ones.
    """

    def __init__(self, whole: bool = True) -> None:
        super().__init__()
        self._whole = whole
        self._curve: FoldCurve | None = None
        self._lines: dict[str, tuple[Points, Points]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        active_style().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a small picture; it grows with its place."""
        return QSize(*_PART["size"])

    def minimumSizeHint(self) -> QSize:
        """Return the least that still shows a shape."""
        return QSize(*_PART["least"])

    def set_curve(self, curve: FoldCurve) -> None:
        """Show a fold; the losses share one scale, pseudo-Dice runs from 0 to 1."""
        if curve == self._curve:
            return
        self._curve = curve
        last = curve.epoch[-1] if curve.epoch else 0
        total = max(1, last, curve.epochs_total - 1 if self._whole else 0)
        x = np.asarray(curve.epoch, dtype=float) / total
        losses = (*curve.loss, *curve.validation_loss)
        low, high = (min(losses), max(losses)) if losses else (0.0, 1.0)
        self._lines = {
            "validation_loss": _line(x, unit_scaled(curve.validation_loss, low, high)),
            "loss": _line(x, unit_scaled(curve.loss, low, high)),
            "pseudo_dice": _line(x, unit_scaled(curve.pseudo_dice, 0.0, 1.0)),
        }
        self.update()

    def line(self, name: str) -> tuple[Points, Points]:
        """Return x and y of a line as drawn, each 0 to 1, y upwards."""
        return self._lines[name]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the three lines in the theme's colours."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pens = {
            "validation_loss": QPen(
                style.colour("text_muted"), line_width("thin"), Qt.PenStyle.DashLine
            ),
            "loss": QPen(style.colour("text"), line_width("mark")),
            "pseudo_dice": QPen(style.colour("accent"), line_width("focus")),
        }
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        for name, (x, y) in self._lines.items():
            if not len(x):
                continue
            pen = pens[name]
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(_path(x, y, box))
        painter.end()


def _path(x: Points, y: Points, box: QRectF) -> QPainterPath:
    """Return a line through the points; a single one is a short stroke, so that it shows."""
    across = (box.left() + x * box.width()).tolist()
    down = (box.bottom() - y * box.height()).tolist()
    path = QPainterPath()
    path.moveTo(across[0], down[0])
    path.lineTo(across[0] + 0.5, down[0])
    for place in zip(across, down, strict=True):
        path.lineTo(*place)
    return path


def _line(x: Points, y: Points) -> tuple[Points, Points]:
    count = min(len(x), len(y))
    return thinned(x[:count]), thinned(y[:count])
