"""One run: its progress, the curves of its folds, its tasks, or its log."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.project.job_rows import JobRow, RunTask
from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.jobs.job_words import STATE_ICONS, left_text, percent_text
from kitsdesk.ui.parts.bars import ProgressLine
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import ElidedLabel, divider, text_label, wrapped_label
from kitsdesk.ui.runs.curve_legend import CurveLegend
from kitsdesk.ui.runs.fold_grid import FoldGrid
from kitsdesk.ui.runs.run_words import may, run_facts, task_words, tasks_summary
from kitsdesk.ui.runs.task_bar import TaskBar
from kitsdesk.ui.runs.task_table import TaskTable
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_12, SPACE_16
from kitsdesk.ui.style import active_style, restyle

_PART = part_sizes("run_detail")


class RunDetail(QWidget):
    """`asked(what, job, task)`; task "" = the whole run; what: pause, resume, requeue, cancel,
    log, folder, hide_log."""

    asked = pyqtSignal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._row: JobRow | None = None
        self._task = ""
        self._icon = Glyph("ph.hourglass", "text_muted", icon_size("base"))
        self._title = ElidedLabel("", "title")
        self._facts = ElidedLabel("", "small", "muted")
        self._buttons = TaskBar()
        self._folder = KeyedButton("Open folder", "ph.folder-open", kind="quiet")
        self._bar = ProgressLine(control("progress_thick"))
        self._share = text_label("", "base", "", "medium")
        self._counts = ElidedLabel("", "small", "muted")
        self._left = text_label("", "small", "muted")
        self._problem = wrapped_label("", "small", "error")
        self._legend = CurveLegend()
        self.grid = FoldGrid()
        self.table = TaskTable()
        self._chosen = ElidedLabel("", "small", "muted")
        self._task_buttons = TaskBar("small", "task")
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setProperty("log", "true")
        self._log.setAccessibleName("Log")
        self._log_head = ElidedLabel("", "base")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        column.addWidget(divider())
        self._stack.addWidget(self._make_body())
        self._stack.addWidget(self._make_log())
        column.addWidget(self._stack, 1)

    def _make_head(self) -> QVBoxLayout:
        names = QHBoxLayout()
        names.setSpacing(SPACE_8)
        names.addWidget(self._icon)
        names.addWidget(self._title, 1)
        names.addWidget(self._buttons)
        names.addWidget(self._folder)
        numbers = QHBoxLayout()
        numbers.setSpacing(SPACE_12)
        numbers.addWidget(self._share)
        numbers.addWidget(self._counts, 1)
        numbers.addWidget(self._left)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        head.setSpacing(SPACE_6)
        head.addLayout(names)
        head.addWidget(self._facts)
        head.addWidget(self._bar)
        head.addLayout(numbers)
        head.addWidget(self._problem)
        return head

    def _make_body(self) -> QWidget:
        curves = QWidget()
        upper = QVBoxLayout(curves)
        upper.setContentsMargins(0, SPACE_8, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self._legend)
        upper.addWidget(scrolled(self.grid), 1)
        self._curves = curves
        lower = QWidget()
        rows = QVBoxLayout(lower)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.table, 1)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(SPACE_16, SPACE_6, SPACE_16, SPACE_6)
        foot.setSpacing(SPACE_12)
        foot.addWidget(self._chosen, 1)
        foot.addWidget(self._task_buttons)
        rows.addWidget(divider())
        rows.addWidget(self._foot)
        self._split = body = QSplitter(Qt.Orientation.Vertical)
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.addWidget(curves)
        body.addWidget(lower)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 2)
        return body

    def _make_log(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_8)
        head = QHBoxLayout()
        back = KeyedButton("Back to the curves", "ph.arrow-left", kind="quiet")
        back.clicked.connect(self.hide_log)
        head.addWidget(self._log_head, 1)
        head.addWidget(back)
        column.addLayout(head)
        column.addWidget(self._log, 1)
        return page

    def _connect(self) -> None:
        self._buttons.asked.connect(lambda what: self._ask(what, ""))
        self._task_buttons.asked.connect(lambda what: self._ask(what, self._task))
        self._folder.clicked.connect(lambda: self._ask("folder", ""))
        for part in (self.grid, self.table):
            part.taskChosen.connect(self.choose_task)

    def _ask(self, what: str, task: str) -> None:
        if self._row is not None:
            self.asked.emit(what, self._row.job, task)

    def set_run(self, row: JobRow) -> None:
        """Show a run; another one than before begins without a chosen task and without a log."""
        another = self._row is None or row.job != self._row.job
        if another:
            self._task = ""
            self.hide_log()
        self._row = row
        self._icon.set_glyph(*STATE_ICONS[row.state])
        self._title.setText(row.title)
        self._facts.setText(run_facts(row))
        self._bar.set_value(row.fraction)
        self._share.setText(percent_text(row))
        self._counts.setText(tasks_summary(row))
        self._left.setText(left_text(row))
        self._problem.setText(row.error)
        self._problem.setVisible(bool(row.error))
        self._buttons.offer(may(row, None))
        self.grid.set_tasks(row.tasks)
        self.table.set_tasks(row.tasks)
        self._curves.setVisible(bool(row.curves))
        if another:
            self._share_room()
        self._show_task()

    def _share_room(self) -> None:
        """Give the curves a band for each network, and the table what is left."""
        whole = max(self._split.height(), _PART["least_height"])
        rows = self.grid.rows()
        band = active_style().px(_PART["band_height"]) + _PART["band_gap"]
        wanted = band * rows + _PART["beside_bands"] if rows > 1 else whole // 2
        curves = min(wanted, whole - _PART["table_least"])
        self._split.setSizes([curves, whole - curves])

    def choose_task(self, key: str) -> None:
        """Turn to one task of the run shown."""
        self._task = key
        self._show_task()

    def task(self) -> RunTask | None:
        """Return the chosen task."""
        tasks = self._row.tasks if self._row is not None else ()
        return next((task for task in tasks if task.key == self._task), None)

    def _show_task(self) -> None:
        task = self.task()
        self.grid.select(self._task if task is not None else "")
        self.table.select(self._task if task is not None else "")
        self._task_buttons.setVisible(task is not None)
        if task is None or self._row is None:
            self._chosen.setText("A click on a fold or a row turns to that task.")
            restyle(self._chosen, tone="muted")
            return
        self._chosen.setText(f"{task.title}: {task_words(task)}")
        restyle(self._chosen, tone="error" if task.state == "failed" else "muted")
        self._task_buttons.offer(may(self._row, task))

    def show_log(self, title: str, text: str) -> None:
        """Show a log in place of curves and tasks; what is below stays in sight as it grows."""
        self._log_head.setText(title)
        text = text or "No output yet."
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            if bar is not None:
                bar.setValue(bar.maximum())
        self._stack.setCurrentIndex(1)

    def log_is_shown(self) -> bool:
        """Return whether a log stands in place of the curves."""
        return self._stack.currentIndex() == 1

    def hide_log(self) -> None:
        """Show curves and tasks again."""
        if self.log_is_shown():
            self._stack.setCurrentIndex(0)
            self._ask("hide_log", "")
