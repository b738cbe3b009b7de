"""Train ▸ Runs: all runs of the project on the left, the chosen one beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.project.job_rows import JobRow
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.runs.run_detail import RunDetail
from kitsdesk.ui.runs.run_list import RunList
from kitsdesk.ui.runs.run_words import runs_summary
from kitsdesk.ui.style import active_style

NOTHING = "No run yet. Retrain folds…, Predict all… and Compare models… start one."
_PART = part_sizes("runs_page")
LIST_WIDTH: int = _PART["list_width"]


class RunsPage(QWidget):
    """Signals: `asked(what, job, task)` as `RunDetail`, `closeAsked()`."""

    asked = pyqtSignal(str, str, str)
    closeAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._summary = text_label("", "base", "muted")
        self.list = RunList()
        self.list.setMinimumWidth(active_style().px(LIST_WIDTH) - _PART["list_shrinks"])
        self.detail = RunDetail()
        self._nothing = wrapped_label(NOTHING, "base", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._make_body())
        self._waiting: Sequence[JobRow] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(
            sheet_head(heading("Runs"), self._summary, self.closeAsked.emit, "Back to the views")
        )
        column.addWidget(divider())
        column.addWidget(self._stack, 1)
        self.list.runChosen.connect(lambda _job: self._show_chosen())
        self.detail.asked.connect(self.asked)

    def _make_body(self) -> QSplitter:
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.addWidget(self.list)
        body.addWidget(self.detail)
        body.setStretchFactor(1, 1)
        body.setSizes([LIST_WIDTH, 1000])
        return body

    def set_runs(self, rows: Sequence[JobRow]) -> None:
        """Show these, newest first; while the page is out of sight they wait."""
        self._waiting = rows
        if self.isVisible():
            self._fill()

    def select(self, job: str) -> None:
        """Turn to a run."""
        self._fill()
        self.list.select(job)

    def show_log(self, title: str, text: str) -> None:
        """Show a log of the chosen run."""
        self.detail.show_log(title, text)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take what came meanwhile, and the keys."""
        super().showEvent(event)
        self._fill()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        if self._waiting is None:
            return
        rows, self._waiting = self._waiting, None
        self._summary.setText(runs_summary(rows))
        self._stack.setCurrentIndex(1 if rows else 0)
        self.list.set_runs(rows)
        self._show_chosen()

    def _show_chosen(self) -> None:
        row = self.list.row(self.list.current())
        if row is not None:
            self.detail.set_run(row)
