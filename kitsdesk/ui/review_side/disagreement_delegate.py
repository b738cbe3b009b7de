"""Paints one disagreement: picture, sentence, detail, and how it was settled."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.review.rows import DisagreementRow
from kitsdesk.ui.design_tokens import icon_size, line_height, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.thumbnail_painting import colour_pixmap, draw_picture
from kitsdesk.ui.parts.wrapped_text import draw_wrapped
from kitsdesk.ui.style import Style, active_style

DISAGREEMENT_ROLE = RecordModel.record_role
OPEN_ROLE = Qt.ItemDataRole.UserRole + 2
_PART = part_sizes("disagreement_delegate")
PICTURE: int = _PART["picture"]
CLOSED_HEIGHT: int = _PART["closed_height"]
OPEN_EXTRA: int = _PART["open_extra"]
SETTLED = {
    "taken": ("ph.swap", "prediction taken"),
    "kept": ("ph.check", "reference kept"),
    "painted": ("ph.paint-brush", "painted"),
}


class DisagreementDelegate(QStyledItemDelegate):
    """The open row is higher: its buttons are a real widget over its lower part."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the height of a closed or open row."""
        height = active_style().px(CLOSED_HEIGHT)
        return QSize(_PART["row_width"], height + (OPEN_EXTRA if index.data(OPEN_ROLE) else 0))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        row = index.data(DISAGREEMENT_ROLE)
        if painter is None or not isinstance(row, DisagreementRow):
            return
        style = active_style()
        box = QRectF(option.rect).adjusted(0, 0, 0, -_PART["row_gap"])
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        opened = bool(index.data(OPEN_ROLE))
        if opened or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("selected" if opened else "hover"))
            draw_rounded(painter, box, "card")
        left, top = box.left() + _PART["picture_left"], box.top() + _PART["picture_top"]
        if row.picture is not None:
            ratio = option.widget.devicePixelRatioF() if option.widget is not None else 1.0
            pixmap = colour_pixmap(row.picture, round(PICTURE * ratio))
            draw_picture(painter, pixmap, QRectF(left, top, PICTURE, PICTURE))
            left += PICTURE + _PART["picture_gap"]
        words = QRectF(left, top + 1, box.right() - left - _PART["words_right"], PICTURE)
        # By a colour of the tokens: faded words cannot be read.
        title = "text_muted" if row.settled and not opened else "text"
        self._paint_words(painter, row, words, style, title)
        draw_row_ring(painter, option, box, "card")
        painter.restore()

    def _paint_words(
        self, painter: QPainter, row: DisagreementRow, box: QRectF, style: Style, title: str
    ) -> None:
        painter.setPen(style.colour(title))
        font, step = style.font("base", 500), style.px(_PART["line_step"])
        height = draw_wrapped(painter, row.title, box, font, step, most=2)
        line = style.px(line_height("small"))
        below = box.top() + height + _PART["detail_gap"]
        detail = QRectF(box.left(), below, box.width(), line)
        painter.setPen(style.colour("text_muted"))
        if row.settled:
            self._paint_settled(painter, row, detail, style)
        else:
            draw_wrapped(painter, row.detail, detail, style.font("small"), line, most=2)

    def _paint_settled(
        self, painter: QPainter, row: DisagreementRow, line: QRectF, style: Style
    ) -> None:
        icon, words = SETTLED[row.settled]
        mark = icon_square(line.left(), line.center().y(), "caption")
        draw_icon(painter, icon, mark, style.colour("success"))
        line = line.adjusted(icon_size("caption") + _PART["settled_gap"], 0, 0, 0)
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        text = f"{words} · {row.detail.split(',')[0]}"
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), shown)
