"""Dice after against Dice before, one mark per case."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal

from kitsdesk.review.model_comparison import ComparedCase
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.plot_axes import DASHED, PlainPlot
from kitsdesk.ui.style import active_style

_PART = part_sizes("paired_plot")
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
WORST = 5
EQUAL = 0.0005


def worst_cases(cases: tuple[ComparedCase, ...], structure: str) -> list[ComparedCase]:
    """Return all cases, worst regression first; ties by id."""
    return sorted(cases, key=lambda c: (c.after[structure] - c.before[structure], c.case))


def is_regression(case: ComparedCase, structure: str) -> bool:
    """Return whether the case became worse by more than rounding."""
    return case.after[structure] - case.before[structure] < -EQUAL


class PairedPlot(PlainPlot):
    """`caseChosen(id)`; both axes run from 0 to 1."""

    caseChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__(TICKS, TICKS)
        # The pointer's alone: the table beside it goes to the same cases by keys.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=(-0.01, 1.015), yRange=(-0.01, 1.015), padding=0)
        self._diagonal = pg.PlotDataItem([0, 1], [0, 1])
        self.addItem(self._diagonal)
        self._spots = pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=None)
        self._ring = pg.ScatterPlotItem(pxMode=True)
        self._name = pg.TextItem("", anchor=(1.1, -0.2))
        for item in (self._spots, self._ring, self._name):
            self.addItem(item, ignoreBounds=True)
        self._better = self.plot_text("better after", 0.015, 0.985, (0, 0))
        self._worse = self.plot_text("worse after", 0.985, 0.015, (1, 1))
        self._spots.sigClicked.connect(self._clicked)
        self._spots.sigHovered.connect(self._hovered)
        self._shown: tuple[tuple[ComparedCase, ...], str] = ((), "tumor")
        self._chosen = ""
        active_style().changed.connect(self._draw)

    def set_cases(self, cases: tuple[ComparedCase, ...], structure: str) -> None:
        """Show the cases' Dice of one structure."""
        self._shown = (cases, structure)
        self._draw()

    def set_current(self, case: str) -> None:
        """Ring one case and name it."""
        self._chosen = case
        cases, structure = self._shown
        found = next((c for c in cases if c.case == case), None)
        style = active_style()
        if found is None:
            self._ring.setData([])
            self._name.setText("")
            return
        place = (found.before[structure], found.after[structure])
        self._ring.setData(
            [
                {
                    "pos": place,
                    "size": _PART["ring"],
                    "symbol": "o",
                    "brush": None,
                    "pen": pg.mkPen(style.colour("focus_ring"), width=2),
                }
            ]
        )
        self._name.setText(found.case, color=style.colour("text"))
        self._name.setFont(style.font("small", 600))
        self._name.setPos(*place)

    def _draw(self) -> None:
        style = active_style()
        cases, structure = self._shown
        self._diagonal.setPen(pg.mkPen(style.colour("border_strong"), width=1, style=DASHED))
        for words in (self._better, self._worse):
            words.setColor(style.colour("text_muted"))
        worst = {
            c.case for c in worst_cases(cases, structure)[:WORST] if is_regression(c, structure)
        }
        self._spots.setData([self._spot(c, structure, c.case in worst) for c in cases])
        self.set_current(self._chosen)

    def _spot(self, case: ComparedCase, structure: str, worst: bool) -> dict[str, Any]:
        style = active_style()
        spot: dict[str, Any] = {
            "pos": (case.before[structure], case.after[structure]),
            "data": case.case,
            "size": _PART["mark"],
            "symbol": "o",
            "pen": None,
            "brush": pg.mkBrush(style.colour("accent")),
        }
        if worst:
            brush = pg.mkBrush(style.colour("warning"))
            spot.update(symbol="t", size=_PART["worst_mark"], brush=brush)
        elif is_regression(case, structure):
            pen = pg.mkPen(style.colour("text_muted"), width=_PART["hollow_line"])
            spot.update(brush=pg.mkBrush(None), pen=pen, size=_PART["hollow_mark"])
        return spot

    def _clicked(self, _item: object, spots: list[Any], _event: object) -> None:
        if spots:
            self.caseChosen.emit(str(spots[0].data()))

    def _hovered(self, _item: object, spots: Any, _event: object) -> None:
        self.setToolTip(str(spots[0].data()) if len(spots) else "")

    def place_of(self, case: str) -> QPointF:
        """Return where a case's mark is, in the widget's pixels."""
        cases, structure = self._shown
        found = next(c for c in cases if c.case == case)
        box = self.getPlotItem().getViewBox()
        scene = box.mapViewToScene(QPointF(found.before[structure], found.after[structure]))
        return QPointF(self.mapFromScene(scene))
