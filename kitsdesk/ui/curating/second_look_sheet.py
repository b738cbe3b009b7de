"""The blind second look: two masks without names, sides drawn at random, one question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.review.kappa import Agreement
from kitsdesk.review.slice_pictures import LARGEST_MM, Frame
from kitsdesk.ui.curating.blind_slice import BlindSlice
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, number_label, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.spacing import (
    EDGE,
    SPACE_2,
    SPACE_4,
    SPACE_8,
    SPACE_10,
    SPACE_12,
    SPACE_16,
    SPACE_18,
    SPACE_24,
)
from trainer.imaging.volume import Volume

_PART = part_sizes("second_look_sheet")
SHARES = (("0.1", "10 %"), ("0.2", "20 %"), ("0.5", "50 %"), ("1", "all"))
VERDICT_WORDS = {"reference": "reference right", "prediction": "prediction right"}


class SecondLookSheet(Sheet):
    """`beginAsked(share)`, `answered("left"|"right"|"")`, `stopAsked()`."""

    beginAsked = pyqtSignal(float)
    answered = pyqtSignal(str)
    stopAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._beside = text_label("", "base", "muted")
        self._sides = (BlindSlice("A"), BlindSlice("B"))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Axial slice")
        self._slice = number_label("")
        self._pair: tuple[Volume, NDArray[np.uint8], NDArray[np.uint8], Frame] | None = None
        self._buttons = {
            "left": KeyedButton("A is right", key="A", size="large"),
            "": KeyedButton("Neither is right", key="N", size="large"),
            "right": KeyedButton("B is right", key="B", size="large"),
        }
        self._stop = KeyedButton("End this round", kind="quiet")
        self._fit = wrapped_label("", "base")
        self._share = Segments(SHARES)
        self._share.set_chosen("0.2")
        self._begin = KeyedButton("Begin", kind="primary", size="large")
        self._told = wrapped_label("", "title")
        self._table = QGridLayout()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_start())
        self._stack.addWidget(self._make_look())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(sheet_head(heading("Second look"), self._beside, self.close_sheet))
        whole.addWidget(divider())
        whole.addWidget(self._stack, 1)
        self._connect()

    def _make_start(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_24, SPACE_18, SPACE_24, SPACE_18)
        column.setSpacing(SPACE_12)
        column.addWidget(
            wrapped_label(
                "Cases you have decided on come back in random order, with both masks unnamed "
                "and on sides drawn anew. Your first decisions stay as they are; how far the "
                "two verdicts agree is reported here and in the curation report.",
                "base",
                "muted",
            )
        )
        column.addWidget(self._fit)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self._share)
        row.addStretch(1)
        row.addWidget(self._begin)
        column.addLayout(row)
        column.addSpacing(SPACE_4)
        column.addWidget(divider())
        column.addSpacing(SPACE_4)
        column.addWidget(self._told)
        self._table.setHorizontalSpacing(SPACE_24)
        self._table.setVerticalSpacing(SPACE_8)
        column.addLayout(self._table)
        column.addStretch(1)
        return page

    def _make_look(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        pair = QHBoxLayout()
        pair.setSpacing(SPACE_2)
        for side in self._sides:
            pair.addWidget(side, 1)
            side.stepped.connect(lambda steps: self._slider.setValue(self._slider.value() + steps))
        column.addLayout(pair, 1)
        slices = QHBoxLayout()
        slices.setContentsMargins(SPACE_24, SPACE_10, SPACE_24, 0)
        slices.setSpacing(SPACE_12)
        slices.addWidget(text_label("Slice", "small", "muted"))
        slices.addWidget(self._slider, 1)
        slices.addWidget(self._slice)
        column.addLayout(slices)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_12, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_8)
        foot.addWidget(self._stop)
        foot.addStretch(1)
        for button in self._buttons.values():
            foot.addWidget(button)
        column.addLayout(foot)
        return page

    def _connect(self) -> None:
        self._slider.valueChanged.connect(self._turn)
        self._begin.clicked.connect(
            lambda: self.beginAsked.emit(float(self._share.current() or "0.2"))
        )
        self._stop.clicked.connect(self.stopAsked)
        for side, button in self._buttons.items():
            button.clicked.connect(lambda _on, side=side: self._answer(side))

    def sizeHint(self) -> QSize:
        """Return the sheet's size at 1600 × 1000: large for pictures, small for words."""
        return QSize(*_PART["looking" if self._stack.currentIndex() else "beginning"])

    def show_start(self, fit: int, told: Agreement) -> None:
        """Offer a round over `fit` cases and show the agreement so far."""
        self._stack.setCurrentIndex(0)
        self._beside.setText("")
        can = f"{count_text(fit, 'decided case')} can be looked at again."
        self._fit.setText(can if fit else "No decided case is left to look at again.")
        explain(
            self._begin,
            fit > 0,
            "It takes decided cases with a reference mask and a held-out prediction",
        )
        self._told.setText(
            f"{told.sentence}." if told.cases else "No case was looked at again yet."
        )
        self._fill_table(told)

    def show_look(
        self,
        place: tuple[int, int],
        volume: Volume,
        left: NDArray[np.uint8],
        right: NDArray[np.uint8],
        slice_index: int,
    ) -> None:
        """Show one case: A on the left, B on the right."""
        self._stack.setCurrentIndex(1)
        self._beside.setText(f"{place[0]} of {place[1]}")
        self._pair = (volume, left, right, _whole(left, right, volume, slice_index))
        self._slider.blockSignals(True)
        self._slider.setRange(0, volume.shape[0] - 1)
        self._slider.setValue(slice_index)
        self._slider.blockSignals(False)
        self._turn(slice_index)
        for button in self._buttons.values():
            button.setEnabled(True)

    def _turn(self, index: int) -> None:
        if self._pair is None:
            return
        volume, left, right, frame = self._pair
        at = replace(frame, z=index)
        for side, mask in zip(self._sides, (left, right), strict=True):
            side.show_mask(volume, mask, at)
        self._slice.setText(f"{index + 1} of {volume.shape[0]}")

    def _answer(self, side: str) -> None:
        # A second press while the next pair is read must not answer for it.
        for button in self._buttons.values():
            button.setEnabled(False)
        self.answered.emit(side)

    def _fill_table(self, told: Agreement) -> None:
        while (item := self._table.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if not told.cases:
            return
        self._table.addWidget(section_label("First, then again"), 0, 0)
        for place, word in enumerate(told.words):
            title = VERDICT_WORDS.get(word, word)
            self._table.addWidget(number_label(title), 0, place + 1)
            self._table.addWidget(text_label(title), place + 1, 0)
            for column, count in enumerate(told.table[place]):
                cell = number_label(str(count), "semibold" if column == place else "")
                self._table.addWidget(cell, place + 1, column + 1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """A, B and N answer; the arrows turn the slices; Esc closes and keeps the queue."""
        if event is not None and self._stack.currentIndex() == 1:
            answers = {Qt.Key.Key_A: "left", Qt.Key.Key_B: "right", Qt.Key.Key_N: ""}
            steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
            key = Qt.Key(event.key())
            if key in answers and self._buttons[answers[key]].isEnabled():
                self._answer(answers[key])
                return
            if key in steps:
                self._slider.setValue(self._slider.value() + steps[key])
                return
        super().keyPressEvent(event)


def _whole(left: NDArray[np.uint8], right: NDArray[np.uint8], volume: Volume, index: int) -> Frame:
    """Return a frame that holds all of both masks, so that nothing tells where to look."""
    rows, columns = (
        np.flatnonzero(((left > 0) | (right > 0)).any(axis=axes)) for axes in ((0, 2), (0, 1))
    )
    if not rows.size or not columns.size:
        middle = (volume.shape[1] - 1) / 2, (volume.shape[2] - 1) / 2
        return Frame(index, *middle, LARGEST_MM)
    _, y_mm, x_mm = volume.spacing
    extent = max((rows[-1] - rows[0] + 1) * y_mm, (columns[-1] - columns[0] + 1) * x_mm)
    return Frame(
        index,
        float(rows[0] + rows[-1]) / 2,
        float(columns[0] + columns[-1]) / 2,
        float(extent * 1.2 + 20.0),
    )
