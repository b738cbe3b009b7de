"""Paints one row of the queue: picture, sentence, case, volume, what became of it."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPixmap
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.review.queue_rows import QueueRow
from kitsdesk.ui.design_tokens import TypeRole, part_sizes
from kitsdesk.ui.icons import DECISION_ICONS, draw_icon
from kitsdesk.ui.parts.structure_swatch import draw_structure
from kitsdesk.ui.parts.table_painting import LEFT, RIGHT
from kitsdesk.ui.parts.thumbnail_painting import draw_picture
from kitsdesk.ui.parts.wording import ml_text
from kitsdesk.ui.queue.queue_model import OPEN_ROLE, PICTURE, PICTURE_ROLE, QUEUE_ROLE
from kitsdesk.ui.review_side.disagreement_delegate import SETTLED
from kitsdesk.ui.style import Style, active_style

_PART = part_sizes("queue_delegate")
ROW_HEIGHT: int = _PART["row_height"]
CASE_WIDTH: float = _PART["case_width"]
STATE_WIDTH: float = _PART["state_width"]
ML_WIDTH: float = _PART["ml_width"]
_HEAD_WIDTH: float = _PART["head_width"]


def head_edges(width: float) -> dict[str, tuple[float, float]]:
    """Return (left, right) of each column's head."""
    right = width - 16
    state = right - ML_WIDTH - STATE_WIDTH - 12
    begins = {"Disagreement": 16.0 + PICTURE + 14, "Case": state - CASE_WIDTH - 12, "State": state}
    edges = {name: (left, left + _HEAD_WIDTH) for name, left in begins.items()}
    return edges | {"ml": (right - ML_WIDTH, right)}


class QueueDelegate(QStyledItemDelegate):
    """All rows are of one height, so that 20,000 are laid out at once; the marked one has its
    buttons, a real widget, over its lower part."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the same height for every row."""
        return QSize(300, active_style().px(ROW_HEIGHT))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        row = index.data(QUEUE_ROLE)
        if painter is None or not isinstance(row, QueueRow):
            return
        style = active_style()
        box = QRectF(option.rect)
        opened = bool(index.data(OPEN_ROLE))
        painter.save()
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        ground = "selected" if opened else ("hover" if hovered else "panel")
        painter.fillRect(box, style.colour(ground))
        painter.fillRect(
            QRectF(box.left(), box.bottom() - 1, box.width(), 1), style.colour("border")
        )
        if opened:
            edge = QRectF(box.left(), box.top(), 3, box.height() - 1)
            painter.fillRect(edge, style.colour("accent"))
        if not row.waits and not opened:
            painter.setOpacity(0.65)
        picture = index.data(PICTURE_ROLE)
        place = QRectF(box.left() + 16, box.top() + 12, PICTURE, PICTURE)
        draw_picture(painter, picture if isinstance(picture, QPixmap) else None, place)
        self._columns(painter, row, box, style)
        painter.restore()

    def _columns(self, painter: QPainter, row: QueueRow, box: QRectF, style: Style) -> None:
        top, line = box.top() + 11, style.px(20)
        right = box.right() - 16
        painter.setFont(style.font("base", 600))
        painter.setPen(style.colour("text"))
        ml = QRectF(right - ML_WIDTH, top, ML_WIDTH, line)
        painter.drawText(ml, RIGHT, ml_text(row.component.ml))
        state = QRectF(ml.left() - STATE_WIDTH - 12, top, STATE_WIDTH, line)
        self._state(painter, row, state, style)
        case = QRectF(state.left() - CASE_WIDTH - 12, top, CASE_WIDTH, line)
        _elided(painter, row.component.case, case, style, "base", "text")
        first = row.reasons[0] if row.reasons else ""
        below = case.translated(0, line)
        below.setRight(right)
        _elided(painter, first, below, style, "small", "text_muted")
        left = box.left() + 16 + PICTURE + 14
        words = QRectF(left, top, case.left() - left - 16, line)
        swatch = QRectF(words.left(), words.top() + (line - 16) / 2, 20, 16)
        draw_structure(painter, swatch, row.component.structure)
        words.setLeft(words.left() + 28)
        _elided(painter, row.component.title, words, style, "base", "text", 500)
        detail = words.translated(0, line)
        _elided(painter, row.component.detail, detail, style, "small", "text_muted")

    def _state(self, painter: QPainter, row: QueueRow, box: QRectF, style: Style) -> None:
        if row.state:
            icon, words = SETTLED[row.state]
            role = "success"
        else:
            (icon, role), words = DECISION_ICONS[row.decision], row.decision
        mark = QRectF(box.left(), box.center().y() - 7, 14, 14)
        draw_icon(painter, icon, mark, style.colour(role))
        _elided(painter, words, box.adjusted(20, 0, 0, 0), style, "small", "text_muted")


def _elided(
    painter: QPainter,
    text: str,
    box: QRectF,
    style: Style,
    size: TypeRole,
    role: str,
    weight: Literal[400, 500, 600] = 400,
) -> None:
    font = style.font(size, weight)
    painter.setFont(font)
    painter.setPen(style.colour(role))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, LEFT, shown)
