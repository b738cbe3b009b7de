"""The rows at the left of the guide: chapters with their pages, or what a search found."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.guide.guide_search import Hit
from kitsdesk.ui.design_tokens import TypeRole, part_sizes
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import Style, active_style

CHAPTER_ROLE = Qt.ItemDataRole.UserRole + 1
STOP_ROLE = Qt.ItemDataRole.UserRole + 2
HIT_ROLE = Qt.ItemDataRole.UserRole + 3
_PART = part_sizes("guide_entries")
PAGE_ROW: int = _PART["page_row"]
CHAPTER_ROW: int = _PART["chapter_row"]
HIT_ROW: int = _PART["hit_row"]
_WIDTH: int = _PART["row_width"]
_INSET: int = _PART["row_inset"]
_LEFT_EDGE: int = _PART["text_left"]
# Two lines, less what breaking between words wastes.
SNIPPET_LINES = 1.8
_LEFT = int(Qt.AlignmentFlag.AlignVCenter)
_WRAPPED = int(Qt.TextFlag.TextWordWrap)


class GuideEntryDelegate(QStyledItemDelegate):
    """Paints a chapter's caption, a page's title or a hit with the words around it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the height of the row's kind."""
        if isinstance(index.data(HIT_ROLE), Hit):
            return QSize(_WIDTH, active_style().px(HIT_ROW))
        height = CHAPTER_ROW if index.data(CHAPTER_ROLE) else PAGE_ROW
        return QSize(_WIDTH, active_style().px(height))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        if painter is None:
            return
        style, box = active_style(), QRectF(option.rect).adjusted(_INSET, 1, -_INSET, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(CHAPTER_ROLE):
            painter.setFont(style.font("small", 600))
            painter.setPen(style.colour("text_muted"))
            words = box.adjusted(_LEFT_EDGE, _PART["chapter_top"], 0, 0)
            painter.drawText(words, _LEFT, str(index.data(Qt.ItemDataRole.DisplayRole)))
        else:
            self._ground(painter, option, box, style)
            hit = index.data(HIT_ROLE)
            if isinstance(hit, Hit):
                top, bottom = _PART["hit_top"], _PART["hit_bottom"]
                words = box.adjusted(_LEFT_EDGE, top, -_PART["hit_right"], -bottom)
                self._hit(painter, hit, words, style)
            else:
                text = str(index.data(Qt.ItemDataRole.DisplayRole))
                words = box.adjusted(_LEFT_EDGE, 0, -_PART["text_right"], 0)
                _line(painter, text, words, style, "base", "text")
        draw_row_ring(painter, option, box, "control")
        painter.restore()

    @staticmethod
    def _ground(painter: QPainter, option: QStyleOptionViewItem, box: QRectF, style: Style) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("selected" if selected else "hover"))
            draw_rounded(painter, box, "control")

    @staticmethod
    def _hit(painter: QPainter, hit: Hit, box: QRectF, style: Style) -> None:
        line = style.px(_PART["hit_title"])
        head = QRectF(box.left(), box.top(), box.width(), line)
        _line(painter, hit.title, head, style, "base", "text", bold=True)
        words = f"{hit.before}{hit.match}{hit.after}" or hit.page_title
        if hit.page_title != hit.title:
            words = f"{hit.page_title} · {words}"
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        shown = QFontMetricsF(style.font("small")).elidedText(
            words, Qt.TextElideMode.ElideRight, SNIPPET_LINES * box.width()
        )
        height = 2 * style.px(_PART["hit_line"])
        rest = QRectF(box.left(), head.bottom() + 2, box.width(), height)
        painter.drawText(rest, _WRAPPED, shown)


def _line(
    painter: QPainter,
    text: str,
    box: QRectF,
    style: Style,
    size: TypeRole,
    role: str,
    bold: bool = False,
) -> None:
    font = style.font(size, 500 if bold else 400)
    painter.setFont(font)
    painter.setPen(style.colour(role))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT, shown)
