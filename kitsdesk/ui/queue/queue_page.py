"""The queue: every disagreement of every case, the largest first, in the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.review.queue_rows import QueueRow, reasons_among
from kitsdesk.ui.design_tokens import control
from kitsdesk.ui.parts.bars import Bar
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.flow_layout import FlowLayout
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.marks import MarkButton
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.structure_swatch import HatchSwatch
from kitsdesk.ui.parts.table_painting import ColumnHeads
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.queue.queue_delegate import head_edges
from kitsdesk.ui.queue.queue_list import QueueList
from kitsdesk.ui.queue.queue_model import Name, QueueModel
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_10, SPACE_12, SPACE_16

ANY_REASON = "any reason"


class QueuePage(QWidget):
    """Signals: `openAsked`, `takeAsked`, `keepAsked`, `paintAsked`, `alikeAsked`
    (case, key), `picturesWanted(names)`, `closeAsked()`."""

    openAsked = pyqtSignal(tuple)
    takeAsked = pyqtSignal(tuple)
    keepAsked = pyqtSignal(tuple)
    paintAsked = pyqtSignal(tuple)
    alikeAsked = pyqtSignal(tuple)
    picturesWanted = pyqtSignal(list)
    closeAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._model = QueueModel()
        self.list = QueueList(self._model)
        self._part = Segments(
            (("all", "All"), ("tumor", "Tumor"), ("kidney", "Kidney"), ("boundary", "Boundary"))
        )
        self._part.set_chosen("all")
        self._part.button("boundary").setToolTip("All thin differences of each case as one entry")
        self._direction = Segments(
            (("prediction", "Prediction only"), ("reference", "Reference only")), optional=True
        )
        self._reason = DropButton(ANY_REASON, "ph.funnel")
        self._settled = MarkButton("Settled too")
        self._words = text_label("", "small", "muted")
        self._progress = text_label("", "small", "muted")
        self._bar = Bar(control("progress_thin"))
        self._heads = ColumnHeads(head_edges, ("ml",))
        self._nothing = wrapped_label("", "base", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._nothing)
        self._waiting: Sequence[QueueRow] | None = None
        self._known_reasons: list[str] = []
        self._done = self._total = 0
        self._lay_out()
        self._connect()
        self.set_progress(0, 0)

    def _lay_out(self) -> None:
        close = icon_button("ph.x", "Back to the views")
        close.clicked.connect(self.closeAsked)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(text_label("Queue", "title"))
        head.addStretch(1)
        legend = QHBoxLayout()
        legend.setSpacing(SPACE_4)
        for prediction_only, word in ((True, "prediction only"), (False, "reference only")):
            legend.addWidget(HatchSwatch(prediction_only))
            legend.addWidget(text_label(word, "caption", "muted"))
        head.addLayout(legend)
        head.addWidget(self._words)
        head.addWidget(close)
        filters = QWidget()
        flow = FlowLayout(filters, gap=SPACE_12, line_gap=SPACE_8)
        for part in (self._part, self._direction, self._reason, self._settled):
            flow.addWidget(part)
        around = QVBoxLayout()
        around.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        around.addWidget(filters)
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(SPACE_16, 0, SPACE_16, SPACE_10)
        line.setSpacing(SPACE_12)
        line.addWidget(self._progress)
        line.addWidget(self._bar, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(divider())
        column.addLayout(around)
        column.addWidget(self._line)
        column.addWidget(self._heads)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._part.chosen.connect(lambda _key: self._filter())
        self._direction.chosen.connect(lambda _key: self._filter())
        self._settled.toggled.connect(lambda _on: self._filter())
        asked = ("openAsked", "takeAsked", "keepAsked", "paintAsked", "alikeAsked")
        for name in (*asked, "picturesWanted"):
            getattr(self.list, name).connect(getattr(self, name))

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these, largest first; filter, marked row and place in the list are kept.

        While the page is out of sight they wait until somebody looks or walks.
        """
        self._waiting = rows
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        if self._waiting is None:
            return
        rows, self._waiting = self._waiting, None
        bar = self.list.verticalScrollBar()
        place = bar.value() if bar is not None else 0
        self._model.set_rows(rows)
        if bar is not None:
            bar.setValue(place)
        self._show_reasons(reasons_among(rows))
        self._tell()

    def update_row(self, row: QueueRow) -> None:
        """Replace one row; it stays where it is until the list is filled again."""
        if self._waiting is not None and not self.isVisible():
            self._waiting = [row if known.name == row.name else known for known in self._waiting]
            return
        self._fill()
        self._model.update_row(row)
        self._tell()

    def set_progress(self, done: int, total: int) -> None:
        """Show how many of the cases have been compared, nothing once all are."""
        self._done, self._total = done, total
        self._line.setVisible(done < total)
        self._progress.setText(f"{done} of {total} cases compared")
        self._bar.set_value(done / total if total else 0.0)
        self._tell()

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]]) -> None:
        """Show pictures that were asked for."""
        self.list.set_pictures(pictures)

    def shown(self) -> list[Name]:
        """Return the rows in the order and under the filter a person sees."""
        self._fill()
        return [row.name for row in self._model.records()]

    def select(self, name: Name) -> None:
        """Mark one row."""
        self._fill()
        self.list.select(name)

    def set_read_only(self, read_only: bool) -> None:
        """Offer to look only."""
        self.list.set_read_only(read_only)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take the keys, with a row marked."""
        super().showEvent(event)
        self._fill()
        self._filter()
        if self._model.place_of(self.list.marked()) is None and self._model.rowCount():
            self.list.step(1)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filter(self) -> None:
        part = cast("Literal['all', 'tumor', 'kidney', 'boundary']", self._part.current())
        direction = self._direction.current() or "both"
        reason = self._reason.text()
        self._model.set_filter(
            replace(
                self._model.row_filter,
                part=part,
                direction=cast("Literal['both', 'prediction', 'reference']", direction),
                reason="" if reason == ANY_REASON else reason,
                waiting_only=not self._settled.isChecked(),
            )
        )
        self._tell()

    def _show_reasons(self, known: list[str]) -> None:
        if known == self._known_reasons:
            return
        self._known_reasons = known
        self._reason.clear_choices()
        for text in (ANY_REASON, *known):
            action = self._reason.add_choice(text)
            action.triggered.connect(lambda _on, text=text: self._choose_reason(text))
        self._reason.check(self._reason.text())

    def _choose_reason(self, text: str) -> None:
        self._reason.setText(text)
        self._reason.check(text)
        self._reason.updateGeometry()
        self._filter()

    def _tell(self) -> None:
        rows = self._model.records()
        ml = sum(row.component.ml for row in rows)
        self._words.setText(f"{count_text(len(rows), 'disagreement')}, {ml:,.1f} ml")
        self._stack.setCurrentIndex(0 if rows else 1)
        self._heads.setVisible(bool(rows))
        if not rows:
            waiting = self._done < self._total
            filtered = bool(self._model.everything) and not waiting
            self._nothing.setText(
                "No disagreement fits the filter."
                if filtered
                else "The cases are being compared."
                if waiting
                else "There is nothing to compare: predict the cases, or import predictions."
            )
