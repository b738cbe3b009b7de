"""The edits of the open case by name, newest first; a click or Enter goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import control, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.labels import section_label, text_label
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_16
from kitsdesk.ui.style import active_style

_PART = part_sizes("history_list")
ROW_HEIGHT: int = control("row_history")
LINE_ROLE = RecordModel.record_role
OLDER = "Older edits can no longer be undone"


@dataclass(frozen=True)
class HistoryLine:
    """One row: an edit, or the revision saved after it. `position` is where a click goes."""

    text: str
    position: int
    state: str


def lines_of(
    entries: Sequence[tuple[str, int | None]], position: int, dropped: int = 0
) -> list[HistoryLine]:
    """Return the rows, newest first: undone edits, the current one, older ones, the start.

    Where `dropped` edits fell out of the history the start says that they are final.
    """
    start = OLDER if dropped else "Opened"
    lines = [HistoryLine(start, 0, "now" if position == 0 else "done")]
    for number, (name, revision) in enumerate(entries, start=1):
        state = "now" if number == position else ("done" if number < position else "undone")
        lines.append(HistoryLine(name, number, state))
        if revision is not None:
            lines.append(HistoryLine(f"Saved as r{revision}", number, "saved"))
    return lines[::-1]


class HistoryModel(RecordModel[HistoryLine]):
    """The rows for the view."""

    def words(self, record: HistoryLine, role: int) -> object:
        """Return the row's text."""
        return record.text if role == Qt.ItemDataRole.DisplayRole else None


class HistoryDelegate(QStyledItemDelegate):
    """Paints a mark and the edit's name."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return one row."""
        return QSize(_PART["row_width"], active_style().px(ROW_HEIGHT))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        line = index.data(LINE_ROLE)
        if painter is None or not isinstance(line, HistoryLine):
            return
        style = active_style()
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if line.state == "now" or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("selected" if line.state == "now" else "hover"))
            draw_rounded(painter, box, "control")
        mark = icon_square(box.left() + _PART["mark_left"], box.center().y(), "small")
        self._mark(painter, line, mark)
        font = style.font(
            "base" if line.state != "saved" else "small", 500 if line.state == "now" else 400
        )
        painter.setFont(font)
        role = {"undone": "text_disabled", "saved": "text_muted"}.get(line.state, "text")
        painter.setPen(style.colour(role))
        area = box.adjusted(_PART["text_left"], 0, -_PART["text_right"], 0)
        shown = QFontMetricsF(font).elidedText(line.text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)
        draw_row_ring(painter, option, box, "control")
        painter.restore()

    def _mark(self, painter: QPainter, line: HistoryLine, box: QRectF) -> None:
        style = active_style()
        if line.state == "saved":
            draw_icon(painter, "ph.floppy-disk", box, style.colour("success"))
            return
        now = line.state == "now"
        colour = style.colour("accent" if now else "border_strong")
        painter.setPen(QPen(colour, line_width("thin")))
        painter.setBrush(colour if now else Qt.GlobalColor.transparent)
        painter.drawEllipse(box.center(), _PART["dot_radius"], _PART["dot_radius"])


class HistoryList(QWidget):
    """`undoAsked()`, `redoAsked()`, `positionChosen(position)`."""

    undoAsked = pyqtSignal()
    redoAsked = pyqtSignal()
    positionChosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._undo = KeyedButton("Undo", "ph.arrow-u-up-left", kind="quiet", size="small")
        self._redo = KeyedButton("Redo", "ph.arrow-u-up-right", kind="quiet", size="small")
        self._model = HistoryModel()
        self._view = QListView()
        self._view.setModel(self._model)
        self._delegate = HistoryDelegate()
        self._view.setItemDelegate(self._delegate)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setSelectionMode(QListView.SelectionMode.NoSelection)
        self._view.setFrameShape(QListView.Shape.NoFrame)
        self._view.setAccessibleName("History")
        self._scroll = OverlayScroll(self._view)
        self._empty = text_label("No edits yet", "small", "muted")
        self._lay_out()
        self._undo.clicked.connect(self.undoAsked)
        self._redo.clicked.connect(self.redoAsked)
        self._view.clicked.connect(self._go)
        self._view.activated.connect(self._go)
        self.set_history([], 0)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, 0, SPACE_8, 0)
        head.setSpacing(0)
        head.addWidget(section_label("History"), 1)
        head.addWidget(self._undo)
        head.addWidget(self._redo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_8, 0, SPACE_8)
        column.setSpacing(SPACE_4)
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(SPACE_8, 0, SPACE_8, 0)
        inner.addWidget(self._view)
        self._empty.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        column.addWidget(self._empty)
        column.addLayout(inner, 1)

    def set_history(
        self, entries: Sequence[tuple[str, int | None]], position: int, dropped: int = 0
    ) -> None:
        """Show edits, oldest first: (name, revision saved after it); `position` of them count,
        and `dropped` older ones can no longer be undone."""
        lines = lines_of(entries, position, dropped)
        self._model.set_records(lines if entries else [])
        self._view.setVisible(bool(entries))
        self._empty.setVisible(not entries)
        explain(self._undo, position > 0, "Nothing to undo", _tip("Undo", ActionId.UNDO))
        explain(self._redo, position < len(entries), "Nothing to redo", _tip("Redo", ActionId.REDO))
        now = next((row for row, line in enumerate(lines) if line.state == "now"), 0)
        # The arrows begin at the edit that is in force.
        self._view.setCurrentIndex(self._model.index(now))
        self._view.scrollTo(self._model.index(now))

    def _go(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if isinstance(line, HistoryLine):
            self.positionChosen.emit(line.position)


def _tip(word: str, action: ActionId) -> str:
    key = active_keys().shown(action)
    return f"{word} ({key})" if key else word
