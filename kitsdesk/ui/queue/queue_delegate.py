"""Paints one row of the queue: picture, sentence, case, volume, what became of it."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPixmap
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.review.queue_rows import QueueRow
from kitsdesk.ui.design_tokens import (
    TypeRole,
    icon_size,
    line_height,
    line_width,
    padding,
    part_sizes,
)
from kitsdesk.ui.icons import DECISION_ICONS, draw_icon, icon_square
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.structure_swatch import SWATCH_WIDTH, draw_structure, swatch_box
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
_GAP: int = _PART["column_gap"]
_EDGE: int = padding("panel")
_WORDS_LEFT: float = _EDGE + PICTURE + _PART["picture_gap"]


def head_edges(width: float) -> dict[str, tuple[float, float]]:
    """Return (left, right) of each column's head."""
    right = width - _EDGE
    state = right - ML_WIDTH - STATE_WIDTH - _GAP
    case = state - CASE_WIDTH - _GAP
    begins = {"Disagreement": _WORDS_LEFT, "Case": case, "State": state}
    edges = {name: (left, left + _HEAD_WIDTH) for name, left in begins.items()}
    return edges | {"ml": (right - ML_WIDTH, right)}


class QueueDelegate(QStyledItemDelegate):
    """All rows are of one height, so that 20,000 are laid out at once; the marked one has its
    buttons, a real widget, over its lower part."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the same height for every row."""
        return QSize(_PART["row_width"], active_style().px(ROW_HEIGHT))

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
            edge = QRectF(box.left(), box.top(), line_width("thick"), box.height() - 1)
            painter.fillRect(edge, style.colour("accent"))
        picture = index.data(PICTURE_ROLE)
        place = QRectF(box.left() + _EDGE, box.top() + _PART["picture_top"], PICTURE, PICTURE)
        draw_picture(painter, picture if isinstance(picture, QPixmap) else None, place)
        # By a colour of the tokens: faded words cannot be read.
        tone = "text" if row.waits or opened else "text_muted"
        self._columns(painter, row, box, style, tone)
        draw_row_ring(painter, option, box)
        painter.restore()

    def _columns(
        self, painter: QPainter, row: QueueRow, box: QRectF, style: Style, tone: str
    ) -> None:
        top, line = box.top() + _PART["text_top"], style.px(line_height("base"))
        right = box.right() - _EDGE
        painter.setFont(style.font("base", 600))
        painter.setPen(style.colour(tone))
        ml = QRectF(right - ML_WIDTH, top, ML_WIDTH, line)
        painter.drawText(ml, RIGHT, ml_text(row.component.ml))
        state = QRectF(ml.left() - STATE_WIDTH - _GAP, top, STATE_WIDTH, line)
        self._state(painter, row, state, style)
        case = QRectF(state.left() - CASE_WIDTH - _GAP, top, CASE_WIDTH, line)
        _elided(painter, row.component.case, case, style, "base", tone)
        first = row.reasons[0] if row.reasons else ""
        below = case.translated(0, line)
        below.setRight(right)
        _elided(painter, first, below, style, "small", "text_muted")
        left = box.left() + _WORDS_LEFT
        words = QRectF(left, top, case.left() - left - _PART["words_right"], line)
        draw_structure(painter, swatch_box(left, top + line / 2), row.component.structure)
        words.setLeft(left + SWATCH_WIDTH + _PART["swatch_gap"])
        _elided(painter, row.component.title, words, style, "base", tone, 500)
        detail = words.translated(0, line)
        _elided(painter, row.component.detail, detail, style, "small", "text_muted")

    def _state(self, painter: QPainter, row: QueueRow, box: QRectF, style: Style) -> None:
        if row.state:
            icon, words = SETTLED[row.state]
            role = "success"
        else:
            (icon, role), words = DECISION_ICONS[row.decision], row.decision
        mark = icon_square(box.left(), box.center().y(), "small")
        draw_icon(painter, icon, mark, style.colour(role))
        beside = box.adjusted(icon_size("small") + _PART["state_gap"], 0, 0, 0)
        _elided(painter, words, beside, style, "small", "text_muted")


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
