"""Paints one row of the queue: picture, sentence, case, volume, what became of it."""

from __future__ import annotations

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
from kitsdesk.ui.parts.wrapped_text import draw_wrapped
from kitsdesk.ui.queue.queue_model import OPEN_ROLE, PICTURE, PICTURE_ROLE, QUEUE_ROLE
from kitsdesk.ui.review_side.disagreement_delegate import SETTLED
from kitsdesk.ui.style import Style, active_style

_PART = part_sizes("queue_delegate")
ROW_HEIGHT: int = _PART["row_height"]
CASE_WIDTH: float = _PART["case_width"]
STATE_WIDTH: float = _PART["state_width"]
ML_WIDTH: float = _PART["ml_width"]
NARROW: float = _PART["narrow_below"]
_HEAD_WIDTH: float = _PART["head_width"]
_GAP: int = _PART["column_gap"]
_EDGE: int = padding("panel")
_WORDS_LEFT: float = _EDGE + PICTURE + _PART["picture_gap"]


def head_edges(width: float) -> dict[str, tuple[float, float]]:
    """Return (left, right) of each column's head. In a narrow list the state stands below the
    case, without a head."""
    right = width - _EDGE
    state = right - ML_WIDTH - (0.0 if _narrow(width) else STATE_WIDTH + _GAP)
    case = state - (STATE_WIDTH if _narrow(width) else CASE_WIDTH) - _GAP
    begins = {"Disagreement": _WORDS_LEFT, "Case": case}
    if not _narrow(width):
        begins["State"] = state
    edges = {name: (left, left + _HEAD_WIDTH) for name, left in begins.items()}
    return edges | {"ml": (right - ML_WIDTH, right)}


def _narrow(width: float) -> bool:
    return width < NARROW


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
        # The marked row has its buttons in place of a fourth line.
        self._columns(painter, row, box, style, tone, not opened)
        self._words(painter, row, box, style, tone, 1 if opened else 2)
        draw_row_ring(painter, option, box)
        painter.restore()

    def _columns(
        self, painter: QPainter, row: QueueRow, box: QRectF, style: Style, tone: str, third: bool
    ) -> None:
        top, line = box.top() + _PART["text_top"], style.px(line_height("base"))
        edges = head_edges(box.width())
        painter.setFont(style.font("base", 600))
        painter.setPen(style.colour(tone))
        ml = QRectF(box.right() - _EDGE - ML_WIDTH, top, ML_WIDTH, line)
        painter.drawText(ml, RIGHT, ml_text(row.component.ml))
        left = box.left() + edges["Case"][0]
        beside = box.left() + edges["State"][0] if "State" in edges else ml.left()
        case = QRectF(left, top, beside - left - _GAP, line)
        _elided(painter, row.component.case, case, style, "base", tone)
        below = case.translated(0, line)
        if "State" in edges:
            self._state(painter, row, QRectF(beside, top, STATE_WIDTH, line), style)
            below.setRight(box.right() - _EDGE)
        else:
            self._state(painter, row, below, style)
            below.translate(0, line)
        if row.reasons and ("State" in edges or third):
            _elided(painter, row.reasons[0], below, style, "small", "text_muted")

    def _words(
        self, painter: QPainter, row: QueueRow, box: QRectF, style: Style, tone: str, most: int
    ) -> None:
        top, line = box.top() + _PART["text_top"], style.px(line_height("base"))
        left, right = box.left() + _WORDS_LEFT, box.left() + head_edges(box.width())["Case"][0]
        draw_structure(painter, swatch_box(left, top + line / 2), row.component.structure)
        left += SWATCH_WIDTH + _PART["swatch_gap"]
        words = QRectF(left, top, right - left - _PART["words_right"], line)
        painter.setPen(style.colour(tone))
        title, detail = row.component.title, row.component.detail
        height = draw_wrapped(painter, title, words, style.font("base", 500), line, most)
        painter.setPen(style.colour("text_muted"))
        words.translate(0, height)
        step = style.px(line_height("small"))
        draw_wrapped(painter, detail, words, style.font("small"), step, most=2)

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
) -> None:
    font = style.font(size)
    painter.setFont(font)
    painter.setPen(style.colour(role))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, LEFT, shown)
