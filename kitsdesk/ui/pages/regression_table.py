"""The cases of a comparison as a table, worst regression first."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.review.model_comparison import ComparedCase
from kitsdesk.ui.design_tokens import control, icon_size, padding, part_sizes
from kitsdesk.ui.icons import DECISION_ICONS, draw_icon, icon_square
from kitsdesk.ui.pages.paired_plot import WORST, is_regression, worst_cases
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.table_painting import HEAD, LEFT, RIGHT, paint_ground
from kitsdesk.ui.parts.thumbnail_painting import draw_picture, grey_pixmap
from kitsdesk.ui.parts.wording import dice_text, signed_text
from kitsdesk.ui.style import Weight, active_style

_PART = part_sizes("regression_table")
ROW: int = control("row_table")
PICTURE: int = _PART["picture"]
# How far left of the bars columns begin or end.
_BEFORE_BARS: dict[str, int] = _PART["before_bars"]
LINE_ROLE = RecordModel.record_role
Column = Literal["Case", "Status", "Before", "After", "Difference"]
Line = tuple[ComparedCase, float, float, bool, float]


def column_edges(width: float) -> dict[Column, tuple[float, float]]:
    """Return (left, right) of each column; the bars take what is right of the last one."""
    bars = max(_PART["bars_least"], min(_PART["bars_most"], width * 0.2))
    right = width - bars
    at = {name: right - size for name, size in _BEFORE_BARS.items()}
    return {
        "Case": (padding("list"), max(_PART["case_least_end"], at["case_end"])),
        "Status": (max(_PART["status_least_start"], at["status_start"]), at["status_end"]),
        "Before": (at["status_end"], at["before_end"]),
        "After": (at["before_end"], at["after_end"]),
        "Difference": (at["difference_start"], right),
    }


class CaseLines(RecordModel[Line]):
    """Rows: case, before, after, whether among the worst, the widest difference."""

    def words(self, record: Line, role: int) -> object:
        """Return a row's id, or its words."""
        case, before, after, _worst, _widest = record
        if role == Qt.ItemDataRole.DisplayRole:
            return case.case
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{case.case}, {case.decision}, before {before:.2f}, after {after:.2f}"
        return None


class LineDelegate(QStyledItemDelegate):
    """Paints one case."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmaps: dict[str, QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return a table row."""
        return QSize(_PART["row_width"], active_style().px(ROW))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint the row."""
        line = index.data(LINE_ROLE)
        if painter is None or not isinstance(line, tuple):
            return
        case, before, after, worst, widest = line
        style = active_style()
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)
        edges = column_edges(box.width())
        left, top = edges["Case"][0], box.top() + _PART["picture_top"]
        draw_picture(painter, self._pixmap(case), QRectF(left, top, PICTURE, PICTURE))
        cells: tuple[tuple[Column, str, Weight], ...] = (
            ("Case", case.case, 500),
            ("Before", dice_text(before), 400),
            ("After", dice_text(after), 400),
            ("Difference", signed_text(after - before, 2), 600),
        )
        for column, text, weight in cells:
            left, right = edges[column]
            amber = column == "Difference" and worst
            painter.setPen(style.colour("warning" if amber else "text"))
            painter.setFont(style.font("base", weight))
            inset = PICTURE + _PART["picture_gap"] if column == "Case" else 0
            area = QRectF(left + inset, box.top(), right - left - inset, box.height())
            painter.drawText(area, LEFT if column == "Case" else RIGHT, text)
        self._paint_status(painter, case, box, edges["Status"][0])
        self._paint_bar(painter, after - before, widest, worst, box)
        draw_row_ring(painter, option, box)
        painter.restore()

    def _paint_status(
        self, painter: QPainter, case: ComparedCase, box: QRectF, left: float
    ) -> None:
        style = active_style()
        icon, role = DECISION_ICONS[case.decision]
        mark = icon_square(left, box.center().y(), "small")
        draw_icon(painter, icon, mark, style.colour(role))
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        left += icon_size("small") + _PART["status_gap"]
        words = QRectF(left, box.top(), _PART["status_width"], box.height())
        painter.drawText(words, LEFT, case.decision)

    def _paint_bar(
        self, painter: QPainter, difference: float, widest: float, worst: bool, box: QRectF
    ) -> None:
        style = active_style()
        left = column_edges(box.width())["Difference"][1] + _PART["bar_left"]
        half = (box.right() - padding("panel") - left) * (1.0 if widest <= 0 else 0.5)
        zero = left + half
        middle, high, thick = box.center().y(), _PART["zero_height"], _PART["bar_height"]
        painter.fillRect(QRectF(zero, middle - high / 2, 1, high), style.colour("border_strong"))
        length = half * min(1.0, abs(difference) / (abs(widest) or 1.0))
        x = zero - length if difference < 0 else zero + 1
        painter.setPen(Qt.PenStyle.NoPen)
        role = "warning" if worst else ("accent" if difference > 0 else "text_muted")
        painter.setBrush(style.colour(role))
        draw_rounded(painter, QRectF(x, middle - thick / 2, length, thick), "thin_bar")

    def _pixmap(self, case: ComparedCase) -> QPixmap | None:
        if case.thumbnail is None:
            return None
        if case.case not in self._pixmaps:
            self._pixmaps[case.case] = grey_pixmap(case.thumbnail, 2 * PICTURE)
        return self._pixmaps[case.case]


class TableHead(QWidget):
    """The column names; a click sorts by one."""

    clicked = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._column: str = "Difference"
        self.setFixedHeight(active_style().px(HEAD))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_column(self, column: str) -> None:
        """Mark the column sorted by."""
        self._column = column
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Sort by the column under the pointer."""
        if event is not None:
            x = event.position().x()
            for column, (left, right) in column_edges(self.width()).items():
                if left <= x <= right:
                    self.clicked.emit(column)
                    return

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the names."""
        style = active_style()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("window"))
        painter.setFont(style.font("caption"))
        metrics = QFontMetricsF(style.font("caption"))
        for column, (left, right) in column_edges(self.width()).items():
            on = column == self._column
            painter.setPen(style.colour("text" if on else "text_muted"))
            room = _PART["caret_room"] if on and left > 200 else 0
            words = QRectF(left, 0, right - left - room, self.height())
            aligned = LEFT if column in ("Case", "Status") else RIGHT
            painter.drawText(words, aligned, column)
            if on:
                beside = left + metrics.horizontalAdvance(column) + _PART["caret_gap"]
                end = beside if aligned == LEFT else right - _PART["caret_from_right"]
                side = _PART["caret"]
                caret = QRectF(end, (self.height() - side) / 2, side, side)
                draw_icon(painter, "ph.caret-up", caret, style.colour("text"))


class RegressionTable(QWidget):
    """`caseChosen(id)`."""

    caseChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._head = TableHead()
        self._model = CaseLines()
        self._view = QListView()
        self._view.setModel(self._model)
        self._delegate = LineDelegate()
        self._view.setItemDelegate(self._delegate)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setFrameShape(QListView.Shape.NoFrame)
        self._view.setAccessibleName("Cases, worst regressions first")
        self._cases: tuple[tuple[ComparedCase, ...], str] = ((), "tumor")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._view, 1)
        self._head.clicked.connect(self._sort)
        self._view.clicked.connect(lambda index: self.caseChosen.emit(index.data()))
        self._view.activated.connect(lambda index: self.caseChosen.emit(index.data()))

    def set_cases(self, cases: tuple[ComparedCase, ...], structure: str) -> None:
        """Show these cases' Dice of one structure."""
        self._cases = (cases, structure)
        self._sort("Difference")

    def set_current(self, case: str) -> None:
        """Select a case, without a signal."""
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            if index.data() == case:
                self._view.setCurrentIndex(index)

    def _sort(self, column: str) -> None:
        cases, structure = self._cases
        order = worst_cases(cases, structure)
        worst = {c.case for c in order[:WORST] if is_regression(c, structure)}
        keys = {
            "Case": lambda c: c.case,
            "Status": lambda c: c.decision,
            "Before": lambda c: c.before[structure],
            "After": lambda c: c.after[structure],
        }
        if column in keys:
            order.sort(key=keys[column])
        self._head.set_column(column)
        deltas = [c.after[structure] - c.before[structure] for c in cases]
        widest = max((abs(delta) for delta in deltas), default=1.0)
        signed = widest if any(delta > 0 for delta in deltas) else -widest
        self._model.set_records(
            [(c, c.before[structure], c.after[structure], c.case in worst, signed) for c in order]
        )
