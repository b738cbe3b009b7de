"""Held-out Dice against agreement, one mark per case, with lines of equal suspicion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent

from kitsdesk.review.rows import CaseRow
from kitsdesk.review.suspicion import order_key
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.focus_ring import AreaFocus
from kitsdesk.ui.parts.plot_axes import PlainPlot
from kitsdesk.ui.style import active_style
from trainer.contract.export_manifest import Decision

_PART = part_sizes("scatter_plot")
X_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LOW_DICE, AGREEING = 0.6, 0.82
LINES = (0.2, 0.4, 0.6, 0.8)
STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}
MARKS: dict[Decision, tuple[str, str, bool]] = {
    "unreviewed": ("o", "text", True),
    "kept": ("o", "success", False),
    "corrected": ("s", "success", False),
    "replaced": ("d", "accent", False),
    "excluded": ("x", "text_muted", False),
    "deferred": ("t1", "warning", True),
}


def dice_of(row: CaseRow, structure: str) -> float | None:
    """Return the case's held-out Dice of "tumor" or "kidney"."""
    return row.tumor_dice if structure == "tumor" else row.kidney_dice


class ScatterPlot(PlainPlot):
    """`caseChosen(id)`; `caseHovered(id, x, y)` in the widget's px, "" = none."""

    caseChosen = pyqtSignal(str)
    caseHovered = pyqtSignal(str, int, int)

    def __init__(self) -> None:
        super().__init__(X_TICKS, X_TICKS)
        self._rows: tuple[CaseRow, ...] = ()
        self._structure = "tumor"
        self._current = ""
        self._low = 0.3
        self._fault = pg.QtWidgets.QGraphicsRectItem(0, AGREEING, LOW_DICE, 1 - AGREEING)
        self._fault.setZValue(-30)
        self._curves = [pg.PlotDataItem() for _ in LINES]
        self._spots = pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=None)
        self._ring = pg.ScatterPlotItem(pxMode=True)
        self._pointed = pg.ScatterPlotItem(pxMode=True)
        self._at = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        AreaFocus(self)
        self.setAccessibleName("Scatter: arrows go from case to case by suspicion, Enter opens")
        for item in (self._fault, *self._curves, self._spots, self._ring, self._pointed):
            self.addItem(item, ignoreBounds=True)
        self._likely = self.plot_text(
            "low Dice, agreeing folds: a fault is likely", LOW_DICE - 0.015, 0.985, (1, 0)
        )
        self._hard = self.plot_text(
            "low Dice, disagreeing folds: a hard case", LOW_DICE - 0.015, 0.31, (1, 1)
        )
        self._names = [self.plot_text(f"{value:g}", 1 - value, 1.0, (0.5, 1.1)) for value in LINES]
        self._spots.sigClicked.connect(self._clicked)
        self._spots.sigHovered.connect(self._hovered)
        active_style().changed.connect(self._draw)
        self._draw()

    def set_rows(self, rows: Sequence[CaseRow], structure: str) -> None:
        """Show the cases that have a held-out Dice of this structure and an agreement."""
        self._rows = tuple(
            row for row in rows if dice_of(row, structure) is not None and row.agreement is not None
        )
        self._structure = structure
        word = f"held-out {structure} Dice"
        self.set_titles(word, "agreement")
        self._draw()

    def count(self) -> int:
        """Return how many cases are shown."""
        return len(self._rows)

    def set_current(self, case: str) -> None:
        """Ring one case."""
        self._current = case
        found = next((row for row in self._rows if row.case == case), None)
        pen = pg.mkPen(active_style().colour("focus_ring"), width=2)
        self._ring.setData([] if found is None else [self._around(found, "ring", pen)])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go from case to case by arrows, most suspicious first; Enter opens, Esc leaves it."""
        if event is None:
            return
        key = event.key()
        if key in STEPS and self._rows:
            self._point(STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at:
            self.caseChosen.emit(self._at)
        elif key == Qt.Key.Key_Escape and self._at:
            self._leave()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Mark no case any more."""
        super().focusOutEvent(event)
        self._leave()

    def _point(self, steps: int) -> None:
        order = sorted(
            self._rows,
            key=lambda r: order_key(r.case, r.suspicion, r.misfit, r.disagreeing_ml),
        )
        names = [row.case for row in order]
        start = names.index(self._at) if self._at in names else (-1 if steps > 0 else 0)
        row = order[(start + steps) % len(order)]
        self._at = row.case
        pen = pg.mkPen(active_style().colour("focus_ring"), width=2)
        self._pointed.setData([self._around(row, "pointed_ring", pen)])
        place = self.place_of(row.case)
        self.caseHovered.emit(row.case, round(place.x()), round(place.y()))

    def _leave(self) -> None:
        self._at = ""
        self._pointed.setData([])
        self.caseHovered.emit("", 0, 0)

    def _around(self, row: CaseRow, size: str, pen: Any) -> dict[str, Any]:
        place = self._place(row)
        return {"pos": place, "size": _PART[size], "symbol": "o", "pen": pen, "brush": None}

    def _place(self, row: CaseRow) -> tuple[float, float]:
        return float(dice_of(row, self._structure) or 0.0), float(row.agreement or 0.0)

    def _draw(self) -> None:
        style = active_style()
        lowest = min((row.agreement or 0.0 for row in self._rows), default=0.4)
        self._low = max(0.0, min(0.3, np.floor(10 * lowest - 0.5) / 10))
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=(-0.01, 1.01), yRange=(self._low, 1.03), padding=0)
        soft = QColor(style.colour("warning"))
        soft.setAlphaF(0.08)
        self._fault.setBrush(soft)
        self._fault.setPen(pg.mkPen(None))
        pen = pg.mkPen(style.colour("border_strong"), width=1, style=Qt.PenStyle.DotLine)
        for value, curve in zip(LINES, self._curves, strict=True):
            x = np.linspace(0, 1 - value, 60)
            curve.setData(x, value / np.maximum(1 - x, 1e-6))
            curve.setPen(pen)
        self._likely.setColor(style.colour("text"))
        self._likely.setFont(style.font("small", 600))
        self._hard.setPos(LOW_DICE - 0.015, self._low + 0.01)
        for words in (self._hard, *self._names):
            words.setColor(style.colour("text_muted"))
        self._spots.setData([self._spot(row) for row in self._rows])
        self.set_current(self._current)

    def _spot(self, row: CaseRow) -> dict[str, Any]:
        style = active_style()
        symbol, role, hollow = MARKS[row.decision]
        colour = style.colour(role)
        line = hollow or symbol == "x"
        return {
            "pos": self._place(row),
            "data": row.case,
            "symbol": symbol,
            "size": _PART["pointed_mark" if symbol in ("d", "t1") else "mark"],
            "pen": pg.mkPen(colour, width=1.5) if line else pg.mkPen(None),
            "brush": pg.mkBrush(None) if hollow else pg.mkBrush(colour),
        }

    def _clicked(self, _item: object, spots: Sequence[Any], _event: object) -> None:
        if len(spots):
            self.caseChosen.emit(str(spots[0].data()))

    def _hovered(self, _item: object, spots: Sequence[Any], _event: object) -> None:
        if not len(spots):
            self.caseHovered.emit("", 0, 0)
            return
        place = self.place_of(str(spots[0].data()))
        self.caseHovered.emit(str(spots[0].data()), round(place.x()), round(place.y()))

    def place_of(self, case: str) -> QPointF:
        """Return where a case's mark is, in the widget's pixels."""
        row = next(row for row in self._rows if row.case == case)
        scene = self.getPlotItem().getViewBox().mapViewToScene(QPointF(*self._place(row)))
        return QPointF(self.mapFromScene(scene))
