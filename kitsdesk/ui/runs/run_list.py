"""The runs of the project as a list, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.project.job_rows import JobRow
from kitsdesk.ui.design_tokens import (
    TypeRole,
    control,
    icon_size,
    line_height,
    line_width,
    padding,
    part_sizes,
)
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.jobs.job_words import STATE_ICONS, left_text, percent_text
from kitsdesk.ui.parts.bars import draw_bar
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.runs.run_words import ACTIVE, started_text
from kitsdesk.ui.style import Style, Weight, active_style

_PART = part_sizes("run_list")
ROW: int = _PART["row"]
_EDGE: int = padding("panel")
_TOP: int = _PART["top"]
_LEFT = int(Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class RunModel(RecordModel[JobRow]):
    """One run per row."""

    def words(self, record: JobRow, role: int) -> object:
        """Return a run's name, or what is spoken of it."""
        if role == Qt.ItemDataRole.DisplayRole:
            return record.job
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{record.title}, {record.where}, {record.state}, {percent_text(record)}"
        return None


class RunDelegate(QStyledItemDelegate):
    """State, title, place and time, and a bar while the run is not over."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the same height for every row."""
        return QSize(_PART["row_width"], active_style().px(ROW))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one run."""
        row = index.data(RecordModel.record_role)
        if painter is None or not isinstance(row, JobRow):
            return
        style, box = active_style(), QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        ground = "selected" if chosen else ("hover" if hovered else "panel")
        painter.fillRect(box, style.colour(ground))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, style.colour("border"))
        if chosen:
            edge = QRectF(box.left(), box.top(), line_width("thick"), box.height() - 1)
            painter.fillRect(edge, style.colour("accent"))
        self._content(painter, row, box.adjusted(_EDGE, _TOP, -_EDGE, -_TOP), style)
        draw_row_ring(painter, option, box)
        painter.restore()

    def _content(self, painter: QPainter, row: JobRow, box: QRectF, style: Style) -> None:
        height = style.px(line_height("base"))
        icon, role = STATE_ICONS[row.state]
        mark = icon_square(box.left(), box.top() + height / 2, "small")
        draw_icon(painter, icon, mark, style.colour(role))
        beside = icon_size("small") + _PART["icon_gap"]
        top = QRectF(box.left() + beside, box.top(), box.width() - beside, height)
        _text(painter, row.title, top, style, "base", "text", 600)
        second = top.translated(0, height)
        started = started_text(row.created)
        _text(painter, started, second, style, "small", "text_muted", right=True)
        taken = QFontMetricsF(style.font("small")).horizontalAdvance(started) + _PART["time_gap"]
        _text(painter, row.where, second.adjusted(0, 0, -taken, 0), style, "small", "text_muted")
        third = second.translated(0, height)
        if row.state not in ACTIVE:
            tone = "error" if row.state == "failed" else "text_muted"
            words = row.error if row.state == "failed" else f"{row.state} · {row.subtitle}"
            _text(painter, words, third, style, "small", tone)
            return
        rest = left_text(row) if row.state == "running" else row.state
        waiting = row.state == "waiting" and row.phase
        said = row.phase if waiting else " · ".join(p for p in (percent_text(row), rest) if p)
        _text(painter, said, third, style, "small", "text")
        thick = control("progress_thin")
        track = QRectF(third.left(), box.bottom() - thick, third.width(), thick)
        draw_bar(painter, track, [(row.fraction, style.colour("accent"))], style.colour("border"))


class RunList(QListView):
    """`runChosen(job)` when a person turns to another run."""

    runChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = RunModel()
        self._delegate = RunDelegate()
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName("Runs, newest first")
        selection = self.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda now, _before: self._chosen(now))

    def set_runs(self, rows: Sequence[JobRow]) -> None:
        """Show these; the chosen one stays chosen, and rows that only changed are repainted."""
        known = [row.job for row in self._model.records()]
        if known == [row.job for row in rows]:
            for place, row in enumerate(rows):
                if row != self._model.record(place):
                    self._model.replace_record(place, row)
            return
        chosen = self.current()
        self._model.set_records(rows)
        self.select(chosen or (rows[0].job if rows else ""))

    def select(self, job: str) -> None:
        """Choose a run; the newest where that one is not there."""
        names = [row.job for row in self._model.records()]
        if names:
            self.setCurrentIndex(self._model.index(names.index(job) if job in names else 0))

    def current(self) -> str:
        """Return the chosen run, "" for none."""
        index = self.currentIndex()
        return str(index.data()) if index.isValid() else ""

    def row(self, job: str) -> JobRow | None:
        """Return a run by its name."""
        return next((row for row in self._model.records() if row.job == job), None)

    def _chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.runChosen.emit(str(index.data()))


def _text(
    painter: QPainter,
    text: str,
    box: QRectF,
    style: Style,
    size: TypeRole,
    role: str,
    weight: Weight = 400,
    right: bool = False,
) -> None:
    font = style.font(size, weight)
    painter.setFont(font)
    painter.setPen(style.colour(role))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _RIGHT if right else _LEFT, shown)
