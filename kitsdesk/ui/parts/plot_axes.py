"""A pyqtgraph plot in the program's look: quiet axes from the tokens, no menu, no frame."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import Qt

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.style import active_style

_LABEL_GAP: int = part_sizes("plot_axes")["label_gap"]


class PlainPlot(pg.PlotWidget):  # type: ignore[misc]
    """Axes left and below with ticks at the given places and 1 px lines at them."""

    def __init__(self, x_ticks: tuple[float, ...], y_ticks: tuple[float, ...]) -> None:
        super().__init__(background=None)
        self.setStyleSheet("background: transparent; border: 0;")
        self._ticks = {"bottom": x_ticks, "left": y_ticks}
        self._grid: list[pg.InfiniteLine] = []
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.setAntialiasing(True)
        box = item.getViewBox()
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0)
        for name, ticks in self._ticks.items():
            for place in ticks:
                line = pg.InfiniteLine(place, 90 if name == "bottom" else 0)
                line.setZValue(-20)
                self._grid.append(line)
                self.addItem(line)
        self.restyle()
        active_style().changed.connect(self.restyle)

    def set_titles(self, x_title: str, y_title: str) -> None:
        """Name the axes."""
        self._titles = {"bottom": x_title, "left": y_title}
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours and fonts."""
        style = active_style()
        item = self.getPlotItem()
        for name, ticks in self._ticks.items():
            axis = item.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(style.colour("border")))
            axis.setTextPen(style.colour("text_muted"))
            axis.setStyle(tickFont=style.font("caption"), tickLength=0, tickTextOffset=_LABEL_GAP)
            axis.setTicks([[(place, f"{place:g}") for place in ticks]])
            title = getattr(self, "_titles", {}).get(name, "")
            if title:
                axis.setLabel(title, color=style.colour("text").name())
                axis.label.setFont(style.font("small"))
        for line in self._grid:
            line.setPen(pg.mkPen(style.colour("border"), width=1))

    def plot_text(self, text: str, x: float, y: float, anchor: tuple[float, float]) -> pg.TextItem:
        """Put muted words at a place of the plot and return them."""
        words = pg.TextItem(text, color=active_style().colour("text_muted"), anchor=anchor)
        words.setFont(active_style().font("small"))
        words.setPos(x, y)
        self.addItem(words, ignoreBounds=True)
        return words


DASHED = Qt.PenStyle.DashLine
