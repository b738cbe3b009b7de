"""Paints one row of the case list: no child widgets, pixmaps made once per thumbnail."""

from __future__ import annotations

from collections import OrderedDict

from PyQt6.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPixmap
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.case_list.case_model import ROW_ROLE, fault_text
from kitsdesk.ui.design_tokens import (
    control,
    icon_size,
    line_height,
    line_width,
    padding,
    part_sizes,
)
from kitsdesk.ui.icons import DECISION_ICONS, draw_icon, icon_square
from kitsdesk.ui.parts.bars import draw_bar
from kitsdesk.ui.parts.chips import CHIP_HEIGHT, draw_chips
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.thumbnail_painting import draw_picture, grey_pixmap
from kitsdesk.ui.parts.wording import dice_text
from kitsdesk.ui.style import Style, active_style

_PART = part_sizes("case_delegate")
ROW_HEIGHT: int = control("row_case")
THUMBNAIL: int = _PART["thumbnail"]
TEXT_LEFT: int = _PART["text_left"]
_EDGE: int = padding("list")
_FAULT_GAP: int = _PART["fault_gap"]
COLUMNS = (0.0, 0.345, 0.69)
LOW_DICE = 0.5
_CACHE = 400


def column_starts(width: float) -> list[float]:
    """Return where the three values begin; the head above the list uses the same."""
    inner = width - TEXT_LEFT - _EDGE
    return [TEXT_LEFT + share * inner for share in COLUMNS]


class CaseDelegate(QStyledItemDelegate):
    """Thumbnail, id, decision, three values with bars, reason chips."""

    def __init__(self) -> None:
        super().__init__()
        self.common_mark = ""
        self._pixmaps: OrderedDict[str, tuple[int, QPixmap]] = OrderedDict()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the same height for every row."""
        return QSize(_PART["row_width"], active_style().px(ROW_HEIGHT))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        row = index.data(ROW_ROLE)
        if painter is None or not isinstance(row, CaseRow):
            return
        style = active_style()
        box = QRectF(option.rect)
        painter.save()
        self._ground(painter, option, box, style)
        picture = QRectF(box.left() + _EDGE, box.top() + _EDGE, THUMBNAIL, THUMBNAIL)
        draw_picture(painter, self._pixmap(row, option), picture)
        self._head(painter, row, box, style)
        if row.problem:
            self._line(painter, row.problem, "error", box, style)
        elif row.tumor_dice is None and row.kidney_dice is None:
            self._line(painter, _no_values(row), "text_muted", box, style)
        else:
            self._values(painter, row, box, style)
        chips_top = box.top() + style.px(_PART["chips_top"])
        end = box.right() - _PART["chips_right"] - self._fault(painter, row, box, style)
        chips = tuple(chip for chip in row.chips if chip.text != self.common_mark)
        draw_chips(painter, chips, box.left() + TEXT_LEFT, chips_top, end)
        draw_row_ring(painter, option, box)
        painter.restore()

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF, style: Style
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        ground = "selected" if selected else ("hover" if hovered else "panel")
        painter.fillRect(box, style.colour(ground))
        bottom = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(bottom, style.colour("border"))
        if selected:
            edge = QRectF(box.left(), box.top(), line_width("thick"), box.height() - 1)
            painter.fillRect(edge, style.colour("accent"))

    def _head(self, painter: QPainter, row: CaseRow, box: QRectF, style: Style) -> None:
        left, top = box.left() + TEXT_LEFT, box.top() + _PART["head_top"]
        height = style.px(line_height("base"))
        word_font = style.font("small")
        word = QFontMetricsF(word_font).horizontalAdvance(row.decision)
        right = box.right() - _EDGE
        name, role = DECISION_ICONS[row.decision]
        word_left = right - word - _PART["decision_gap"]
        icon = icon_square(word_left - icon_size("small"), top + height / 2, "small")
        draw_icon(painter, name, icon, style.colour(role))
        painter.setFont(word_font)
        painter.setPen(style.colour("text_muted"))
        painter.drawText(
            QRectF(right - word - 1, top, word + 2, height),
            int(Qt.AlignmentFlag.AlignVCenter),
            row.decision,
        )
        font = style.font("base", 600)
        metrics = QFontMetricsF(font)
        room = icon.left() - left - _PART["case_gap"]
        text = metrics.elidedText(row.case, Qt.TextElideMode.ElideMiddle, room)
        painter.setFont(font)
        painter.setPen(style.colour("text"))
        painter.drawText(
            QRectF(left, top, icon.left() - left, height), int(Qt.AlignmentFlag.AlignVCenter), text
        )
        if row.unsaved:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent"))
            dot = control("unsaved_dot") / 2
            x = left + metrics.horizontalAdvance(text) + _PART["dot_gap"] + dot
            painter.drawEllipse(QPointF(x, top + height / 2), dot, dot)

    def _fault(self, painter: QPainter, row: CaseRow, box: QRectF, style: Style) -> float:
        """Paint the chance of a fault at the end of the chips; return the width it takes."""
        text, font = fault_text(row), style.font("caption")
        if not text:
            return 0.0
        width = QFontMetricsF(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(style.colour("text_muted"))
        left, top = box.right() - _EDGE - width, box.top() + style.px(_PART["chips_top"])
        area = QRectF(left, top, width + 2, style.px(CHIP_HEIGHT))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
        return width + _FAULT_GAP

    def _line(self, painter: QPainter, text: str, role: str, box: QRectF, style: Style) -> None:
        font = style.font("small")
        painter.setFont(font)
        painter.setPen(style.colour(role))
        left = box.left() + TEXT_LEFT
        top, height = box.top() + style.px(_PART["line_top"]), style.px(_PART["line_height"])
        area = QRectF(left, top, box.right() - left - _EDGE, height)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _values(self, painter: QPainter, row: CaseRow, box: QRectF, style: Style) -> None:
        values = (row.tumor_dice, row.kidney_dice, row.agreement)
        starts = column_starts(box.width())
        ends = [*starts[1:], box.width() - _PART["last_bar_right"]]
        top = box.top() + style.px(_PART["values_top"])
        number = QFontMetricsF(style.font("small", 600)).horizontalAdvance("0.00")
        for column, value in enumerate(values):
            low = column < 2 and value is not None and value < LOW_DICE
            x = box.left() + starts[column]
            painter.setFont(style.font("small", 600 if low else 400))
            painter.setPen(style.colour("text" if low else "text_muted"))
            painter.drawText(
                QRectF(x, top, number + _PART["number_room"], style.px(_PART["line_height"])),
                int(Qt.AlignmentFlag.AlignVCenter),
                dice_text(value),
            )
            if value is None:
                continue
            left, end = x + number + _PART["bar_left"], box.left() + ends[column]
            middle, thickness = top + style.px(_PART["bar_middle"]), control("progress_thin")
            width = end - _PART["bar_right"] - left
            track = QRectF(left, middle - thickness / 2, width, thickness)
            tone = style.colour("warning" if low else "text_muted")
            draw_bar(painter, track, [(max(value, 0.03), tone)], style.colour("border"))

    def _pixmap(self, row: CaseRow, option: QStyleOptionViewItem) -> QPixmap | None:
        if row.thumbnail is None:
            return None
        known = self._pixmaps.get(row.case)
        if known is not None and known[0] == id(row.thumbnail):
            self._pixmaps.move_to_end(row.case)
            return known[1]
        ratio = option.widget.devicePixelRatioF() if option.widget is not None else 1.0
        pixmap = grey_pixmap(row.thumbnail, round(THUMBNAIL * ratio))
        self._pixmaps[row.case] = (id(row.thumbnail), pixmap)
        while len(self._pixmaps) > _CACHE:
            self._pixmaps.popitem(last=False)
        return pixmap


def _no_values(row: CaseRow) -> str:
    if not row.has_reference:
        return "predicted, no reference mask" if row.has_prediction else "no reference mask"
    return "not scored yet" if row.has_prediction else "no prediction"
