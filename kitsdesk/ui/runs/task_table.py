"""The tasks of a run as a table: what each does, where, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter
from PyQt6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.project.job_rows import RunTask
from kitsdesk.ui.design_tokens import control, icon_size, padding, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.jobs.job_words import STATE_ICONS
from kitsdesk.ui.parts.bars import draw_bar
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.table_painting import LEFT, RIGHT, ColumnHeads, paint_ground
from kitsdesk.ui.parts.wording import UNKNOWN
from kitsdesk.ui.runs.run_words import epoch_text, rest_text, task_words
from kitsdesk.ui.style import active_style

_PART = part_sizes("task_table")
ROW: int = _PART["row"]
Column = Literal["Task", "State", "Node", "Job", "Progress", "s per epoch", "Left"]
_FIXED: dict[Column, int] = _PART["columns"]
_GAP: int = _PART["column_gap"]
# Where the table is narrow these go, one by one, so that the state can be read.
_GIVEN_UP: tuple[Column, ...] = ("Job", "s per epoch")
_NUMBERS = ("Job", "s per epoch", "Left")


def column_edges(width: float) -> dict[str, tuple[float, float]]:
    """Return (left, right) of each column there is room for; State takes what the others
    leave."""
    scale = active_style().px
    left, right = float(padding("panel")), width - padding("panel")
    columns = dict(_FIXED)
    room = right - left - scale(_PART["task_least"]) - _GAP - scale(_PART["state_least"])
    for name in _GIVEN_UP:
        if sum(scale(size) + _GAP for size in columns.values()) > room:
            del columns[name]
    fixed = sum(scale(size) + _GAP for size in columns.values())
    least, most = scale(_PART["task_least"]), scale(_PART["task_most"])
    task = float(min(most, max(least, (right - left - fixed) * 0.4)))
    edges: dict[str, tuple[float, float]] = {"Task": (left, left + task)}
    place = right - fixed
    edges["State"] = (left + task + _GAP, place)
    for name, size in columns.items():
        edges[name] = (place + _GAP, place + _GAP + scale(size))
        place += scale(size) + _GAP
    return edges


class TaskModel(RecordModel[RunTask]):
    """One task per row."""

    def words(self, record: RunTask, role: int) -> object:
        """Return a task's key, or what is spoken of it."""
        if role == Qt.ItemDataRole.DisplayRole:
            return record.key
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{record.title}, {record.state}, {task_words(record)}, {record.place}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return task_words(record)
        return None


class TaskDelegate(QStyledItemDelegate):
    """Paints one task."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return a table row."""
        return QSize(_PART["row_width"], active_style().px(ROW))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint the row."""
        task = index.data(RecordModel.record_role)
        if painter is None or not isinstance(task, RunTask):
            return
        style, box = active_style(), QRectF(option.rect)
        painter.save()
        paint_ground(painter, option)
        edges = column_edges(box.width())
        icon, role = STATE_ICONS[task.state]
        mark = icon_square(edges["Task"][0], box.center().y(), "small")
        draw_icon(painter, icon, mark, style.colour(role))
        for column, text, tone in _cells(task):
            if column not in edges:
                continue
            left, right = edges[column]
            left += icon_size("small") + _PART["icon_gap"] if column == "Task" else 0
            place = QRectF(left, box.top(), right - left, box.height())
            font = style.font(
                "small" if column != "Task" else "base", 500 if column == "Task" else 400
            )
            painter.setFont(font)
            painter.setPen(style.colour(tone))
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, RIGHT if column in _NUMBERS else LEFT, shown)
        left, right = edges["Progress"]
        left, thick = left + style.px(_PART["epochs_width"]), control("progress_thin")
        track = QRectF(left, box.center().y() - thick / 2, right - left, thick)
        if task.state != "waiting" or task.fraction:
            parts = [(task.fraction, style.colour("accent"))]
            draw_bar(painter, track, parts, style.colour("border"))
        draw_row_ring(painter, option, box)
        painter.restore()


def _cells(task: RunTask) -> tuple[tuple[Column, str, str], ...]:
    pace = task.seconds_per_epoch
    tone = "error" if task.state == "failed" else "text_muted"
    return (
        ("Task", task.title, "text"),
        ("State", task_words(task), tone),
        ("Node", task.place or UNKNOWN, "text" if task.place else "text_muted"),
        ("Job", task.job or UNKNOWN, "text" if task.job else "text_muted"),
        ("Progress", epoch_text(task) or UNKNOWN, "text"),
        ("s per epoch", f"{pace:.0f}" if pace is not None else UNKNOWN, "text"),
        ("Left", rest_text(task) or UNKNOWN, "text"),
    )


class TaskTable(QWidget):
    """`taskChosen(key)` when a person turns to another task."""

    taskChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = TaskModel()
        self._delegate = TaskDelegate()
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setAccessibleName("Tasks of the run")
        OverlayScroll(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(ColumnHeads(column_edges, _NUMBERS))
        column.addWidget(self.view, 1)
        self.view.clicked.connect(lambda index: self.taskChosen.emit(str(index.data())))
        self.view.activated.connect(lambda index: self.taskChosen.emit(str(index.data())))

    def set_tasks(self, tasks: Sequence[RunTask]) -> None:
        """Show these; rows that only changed are repainted, none jumps."""
        if [task.key for task in tasks] != [task.key for task in self._model.records()]:
            self._model.set_records(tasks)
            return
        for place, task in enumerate(tasks):
            if task != self._model.record(place):
                self._model.replace_record(place, task)

    def select(self, key: str) -> None:
        """Mark one task, or none."""
        keys = [task.key for task in self._model.records()]
        index = self._model.index(keys.index(key)) if key in keys else QModelIndex()
        self.view.setCurrentIndex(index)
