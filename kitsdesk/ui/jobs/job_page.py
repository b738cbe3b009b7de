"""One job in the open panel: the folds' curves side by side, progress below, or its log."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.project.job_rows import FoldCurve, JobRow
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.jobs.fold_column import FoldColumn
from kitsdesk.ui.jobs.job_words import left_text, percent_text
from kitsdesk.ui.parts.bars import ProgressLine
from kitsdesk.ui.parts.labels import text_label, wrapped_label
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_16, SPACE_32
from kitsdesk.ui.style import restyle

_PART = part_sizes("job_page")
COLUMN_WIDTH: int = _PART["column_width"]


class JobPage(QWidget):
    """Columns are kept from one update to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: list[FoldColumn] = []
        self._folds = QWidget()
        self._fold_row = QHBoxLayout(self._folds)
        self._fold_row.setContentsMargins(0, 0, 0, 0)
        self._fold_row.setSpacing(SPACE_32)
        self._words = wrapped_label("", "base")
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setProperty("log", "true")
        self._log.setAccessibleName("Log")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._words)
        area = scrolled(self._folds)
        self._stack.addWidget(area)
        self._stack.addWidget(self._log)
        self._log_shown = False
        self._bar = ProgressLine(control("progress_thin"))
        self._share = text_label("", "small", "muted")
        self._left = text_label("", "small", "muted")
        foot = QHBoxLayout()
        foot.addWidget(self._share, 1)
        foot.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, 0, SPACE_16, SPACE_8)
        column.setSpacing(SPACE_6)
        column.addWidget(self._stack, 1)
        column.addWidget(self._bar)
        column.addLayout(foot)

    def show_log(self, text: str) -> None:
        """Show the log's text in place of the curves."""
        self._set_log(text)
        self._log_shown = True
        self._turn(bool(self._columns))

    def log_is_shown(self) -> bool:
        """Return whether the log stands in place of the curves."""
        return self._log_shown

    def toggle_log(self) -> None:
        """Show the log in place of the curves, or the curves again."""
        self._log_shown = not self._log_shown
        self._turn(bool(self._columns))

    def set_job(self, row: JobRow) -> None:
        """Show a job."""
        self._set_columns(row.curves)
        failed = row.state == "failed"
        self._words.setText(row.error if failed else (row.phase or row.state))
        restyle(self._words, tone="error" if failed else "muted")
        self._bar.set_value(row.fraction)
        folds = f" of {len(row.curves)} folds" if len(row.curves) > 1 else ""
        self._share.setText(percent_text(row) + folds)
        self._left.setText(left_text(row))
        self._turn(bool(row.curves))

    def _turn(self, curves: bool) -> None:
        self._stack.setCurrentIndex(2 if self._log_shown else int(curves))

    def _set_log(self, text: str) -> None:
        text = text or "No output yet."
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            if bar is not None:
                bar.setValue(bar.maximum())

    def _set_columns(self, curves: tuple[FoldCurve, ...]) -> None:
        while len(self._columns) > len(curves):
            gone = self._columns.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._columns) < len(curves):
            column = FoldColumn()
            column.setMinimumWidth(COLUMN_WIDTH)
            self._fold_row.addWidget(column, 1)
            self._columns.append(column)
        several = len({curve.architecture for curve in curves}) > 1
        before = ""
        for column, curve in zip(self._columns, curves, strict=True):
            column.set_curve(curve, several, before)
            before = f"fold {curve.fold}"
