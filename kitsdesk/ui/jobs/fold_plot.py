"""Curves of one fold in training: loss, validation loss, pseudo-Dice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import Qt

from kitsdesk.project.job_rows import FoldCurve
from kitsdesk.ui.style import active_style


def unit_scaled(values: tuple[float, ...], low: float, high: float) -> NDArray[np.float64]:
    """Return values with [low, high] as [0.06, 0.94]: losses and Dice share one picture."""
    array = np.asarray(values, dtype=float)
    span = high - low
    return 0.06 + 0.88 * (array - low) / span if span > 0 else np.full(array.shape, 0.5)


class FoldPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plain picture without axes, grid or menu.

    With `whole` the width is all epochs of the training, else the finished ones.
    """

    def __init__(self, whole: bool = True) -> None:
        super().__init__(background=None)
        self._whole = whole
        self.setStyleSheet("background: transparent; border: 0;")
        item = self.getPlotItem()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, 0, 0, 0)
        box = item.getViewBox()
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0)
        box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAntialiasing(True)
        self._lines: dict[str, Any] = {
            name: item.plot([], [], antialias=True)
            for name in ("validation_loss", "loss", "pseudo_dice")
        }
        self.restyle()
        active_style().changed.connect(self.restyle)

    def restyle(self) -> None:
        """Take the theme's colours."""
        style = active_style()
        pens = {
            "loss": pg.mkPen(style.colour("text"), width=1.6),
            "validation_loss": pg.mkPen(
                style.colour("text_muted"), width=1.2, style=Qt.PenStyle.DashLine
            ),
            "pseudo_dice": pg.mkPen(style.colour("accent"), width=2),
        }
        for name, line in self._lines.items():
            line.setPen(pens[name])

    def set_curve(self, curve: FoldCurve) -> None:
        """Show a fold; the losses share one scale, pseudo-Dice runs from 0 to 1."""
        last = curve.epoch[-1] if curve.epoch else 0
        total = max(1, last, curve.epochs_total - 1 if self._whole else 0)
        x = np.asarray(curve.epoch, dtype=float) / total
        losses = (*curve.loss, *curve.validation_loss)
        low, high = (min(losses), max(losses)) if losses else (0.0, 1.0)
        self._set("loss", x, unit_scaled(curve.loss, low, high))
        self._set("validation_loss", x, unit_scaled(curve.validation_loss, low, high))
        self._set("pseudo_dice", x, unit_scaled(curve.pseudo_dice, 0.0, 1.0))

    def _set(self, name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        count = min(len(x), len(y))
        self._lines[name].setData(x[:count], y[:count])
