"""The list of everything that can have a key."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import shown
from kitsdesk.ui.actions.key_book import KeyBook
from kitsdesk.ui.design_tokens import control, line_width, part_sizes
from kitsdesk.ui.parts.focus_ring import draw_row_ring
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.style import active_style

_PART = part_sizes("key_rows")
ROW_HEIGHT: int = _PART["row_height"]
_EDGE: int = _PART["edge"]
_KEYS_RIGHT: int = _PART["keys_right"]
_KEY_GAP: int = _PART["key_gap"]
_CAP_PADDING: int = _PART["cap_padding"]
ROW_ROLE = RecordModel.record_role


@dataclass(frozen=True)
class KeyRow:
    """One action: where it is found, its name, its keys as people read them."""

    action: ActionId
    room: str
    name: str
    keys: tuple[str, ...]
    hold: bool
    edited: bool

    def words(self) -> str:
        """Return the row as a screen reader says it."""
        keys = ", ".join(self.keys) or "no key"
        return f"{self.name}, {'hold ' if self.hold else ''}{keys}"


def key_rows(book: KeyBook, query: str = "") -> list[KeyRow]:
    """Return the rows whose name, room or key holds every word of the query."""
    rows = []
    for action, record in RECORDS.items():
        room = action.value.split(".")[0].capitalize()
        keys = tuple(shown(key) for key in book.keys(action))
        row = KeyRow(
            action, room, record.text.rstrip("…"), keys, record.hold, book.is_edited(action)
        )
        searched = f"{row.room} {row.name} {' '.join(keys)}".casefold()
        if all(word in searched for word in query.casefold().split()):
            rows.append(row)
    return rows


class KeyRowModel(RecordModel[KeyRow]):
    """The rows for the view."""

    def words(self, record: KeyRow, role: int) -> object:
        """Return the row's name."""
        if role == Qt.ItemDataRole.DisplayRole:
            return record.name
        return record.words() if role == Qt.ItemDataRole.AccessibleTextRole else None


class KeyRowDelegate(QStyledItemDelegate):
    """Paints room, name and the keys as caps at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return one row."""
        return QSize(_PART["row_width"], active_style().px(ROW_HEIGHT))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one row."""
        row = index.data(ROW_ROLE)
        if painter is None or not isinstance(row, KeyRow):
            return
        style, box = active_style(), QRectF(option.rect).adjusted(0, 0, -_PART["row_right"], 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("selected" if chosen else "hover"))
            draw_rounded(painter, box, "control")
        draw_row_ring(painter, option, box, "control")
        left = self._draw_caps(painter, row, box)
        name = box.adjusted(_EDGE, 0, left - box.right() - _PART["name_gap"], 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        font = style.font("base", 500 if row.edited else 400)
        painter.setFont(font)
        painter.setPen(style.colour("text"))
        metrics = QFontMetricsF(font)
        painter.drawText(
            name, middle, metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, name.width())
        )
        used = metrics.horizontalAdvance(row.name) + _PART["room_gap"]
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted"))
        words = f"{row.room} · edited" if row.edited else row.room
        painter.drawText(name.adjusted(used, 0, 0, 0), middle, words)
        painter.restore()

    def _draw_caps(self, painter: QPainter, row: KeyRow, box: QRectF) -> float:
        """Draw the keys from the right; return where they begin."""
        style, right = active_style(), box.right() - _KEYS_RIGHT
        font = style.font("caption")
        painter.setFont(font)
        height = style.px(control("key_cap"))
        for key in reversed(row.keys):
            width = QFontMetricsF(font).horizontalAdvance(key) + _CAP_PADDING
            width = max(height, width)
            cap = QRectF(right - width, box.center().y() - height / 2, width, height)
            painter.setPen(QPen(style.colour("border_strong"), line_width("edge")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw_rounded(painter, cap.adjusted(0.5, 0.5, -0.5, -0.5), "chip")
            painter.setPen(style.colour("text"))
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), key)
            right -= width + _KEY_GAP
        if row.hold:
            painter.setPen(style.colour("text_muted"))
            width = QFontMetricsF(font).horizontalAdvance("hold") + _KEY_GAP
            area = QRectF(right - width, box.top(), width, box.height())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), "hold")
            right -= width
        return right
