"""The command palette: type a few letters, Enter does it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen
from PyQt6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.actions.synonyms import SYNONYMS
from kitsdesk.ui.design_tokens import control, icon_size, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon, icon_square
from kitsdesk.ui.parts.labels import divider
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.spacing import EDGE, SPACE_4, SPACE_6
from kitsdesk.ui.style import active_style

_PART = part_sizes("command_palette")
WIDTH: int = _PART["width"]
ROW: int = _PART["row"]
_INSET: int = _PART["row_inset"]
_EDGE: int = _PART["edge"]
_TEXT_LEFT: int = _EDGE + icon_size("base") + _PART["icon_gap"]
ROWS = 9
# The rank of letters that only come in order: worse than another word for the same.
LOOSE = 4
ID_ROLE = Qt.ItemDataRole.UserRole + 1
WHY_ROLE = Qt.ItemDataRole.UserRole + 2


def match_rank(text: str, query: str) -> int | None:
    """Return how well an entry fits (0 best), None where it does not: the whole query at the
    start, at the start of a word, inside, all its words, its letters in order."""
    words, wanted = text.lower(), query.lower().strip()
    if not wanted or words.startswith(wanted):
        return 0
    if f" {wanted}" in words:
        return 1
    if wanted in words:
        return 2
    if all(part in words for part in wanted.split()):
        return 3
    letters = iter(words)
    return 4 if all(letter in letters for letter in wanted.replace(" ", "")) else None


def action_rank(action: ActionId, query: str) -> int | None:
    """Return how well an action fits: by its own words first, then by its menu and by other
    words for it, of which whole ones must begin as the query's do."""
    own = match_rank(RECORDS[action].text, query)
    if own is not None and own < LOOSE:
        return own
    menu = action.value.split(".")[0]
    other = f" {menu} {SYNONYMS.get(action, '')} {RECORDS[action].text.lower()}"
    words = query.lower().split()
    return LOOSE if all(f" {word}" in other for word in words) else own and own + 1


class EntryDelegate(QStyledItemDelegate):
    """Icon, text, menu, key; a disabled entry says why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """Return one row."""
        return QSize(WIDTH, active_style().px(ROW))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: object) -> None:
        """Paint one entry."""
        data = getattr(index, "data", None)
        action = data(ID_ROLE) if data is not None else None
        if painter is None or data is None or not isinstance(action, ActionId):
            return
        style = active_style()
        record, why = RECORDS[action], str(data(WHY_ROLE) or "")
        box = QRectF(option.rect).adjusted(_INSET, 1, -_INSET, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("selected"))
            draw_rounded(painter, box, "control")
        enabled = not data(Qt.ItemDataRole.UserRole)
        role = "text" if enabled else "text_disabled"
        if record.icon:
            icon = icon_square(box.left() + _EDGE, box.center().y(), "base")
            draw_icon(painter, record.icon, icon, style.colour("text_muted" if enabled else role))
        painter.setFont(style.font("base"))
        painter.setPen(style.colour(role))
        words = box.adjusted(_TEXT_LEFT, 0, -_EDGE, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), record.text.rstrip("…"))
        used = QFontMetricsF(style.font("base")).horizontalAdvance(record.text) + _PART["menu_gap"]
        painter.setFont(style.font("small"))
        painter.setPen(style.colour("text_muted" if enabled else "text_disabled"))
        menu = action.value.split(".")[0].capitalize()
        hint = words.adjusted(used, 0, 0, 0)
        painter.drawText(hint, int(Qt.AlignmentFlag.AlignVCenter), why or menu)
        key = active_keys().shown(action)
        if key and not why:
            _draw_key(painter, key, words)
        painter.restore()


def _draw_key(painter: QPainter, key: str, area: QRectF) -> None:
    style = active_style()
    font = style.font("caption")
    width = QFontMetricsF(font).horizontalAdvance(key) + _PART["cap_padding"]
    height = control("key_cap")
    cap = QRectF(area.right() - width, area.center().y() - height / 2, width, height)
    painter.setPen(QPen(style.colour("border_strong"), line_width("edge")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_rounded(painter, cap.adjusted(0.5, 0.5, -0.5, -0.5), "chip")
    painter.setFont(font)
    painter.setPen(style.colour("text_muted"))
    painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), key)


class CommandPalette(QFrame):
    """A floating child of the window; Esc or a click elsewhere closes it."""

    def __init__(self, registry: ActionRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._registry = registry
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "sheet")
        self._field = QLineEdit()
        self._field.setPlaceholderText("Find a command")
        self._field.setAccessibleName("Find a command")
        self._field.setProperty("bare", "true")
        self._field.setMinimumHeight(_PART["field_height"])
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setItemDelegate(EntryDelegate(self._list))
        self._list.setStyleSheet("background: transparent;")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = OverlayScroll(self._list)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, SPACE_6, EDGE, SPACE_6)
        column.setSpacing(SPACE_4)
        column.addWidget(self._field)
        column.addWidget(divider())
        column.addWidget(self._list)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(self._run)
        self.hide()

    def open_palette(self) -> None:
        """Open empty, with all commands."""
        self._field.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus()

    def entries(self) -> list[ActionId]:
        """Return what is listed now."""
        items = (self._list.item(row) for row in range(self._list.count()))
        return [item.data(ID_ROLE) for item in items if item is not None]

    def _search(self, query: str) -> None:
        found = []
        for place, action in enumerate(RECORDS):
            qaction = self._registry.action(action)
            rank = action_rank(action, query)
            if rank is not None and qaction.isVisible() and action != ActionId.COMMAND_PALETTE:
                found.append((not qaction.isEnabled(), rank, place, action, qaction.toolTip()))
        self._list.clear()
        for disabled, _rank, _place, action, why in sorted(found):
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, disabled)
            item.setData(ID_ROLE, action)
            item.setData(WHY_ROLE, why if disabled else "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, RECORDS[action].text)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._place()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        rows = max(1, min(ROWS, self._list.count()))
        height = _PART["above_and_below"] + rows * active_style().px(ROW)
        self.setGeometry((window.width() - WIDTH) // 2, _PART["top"], WIDTH, height)

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None or item.data(Qt.ItemDataRole.UserRole):
            return
        action = item.data(ID_ROLE)
        self.hide()
        self._registry.action(action).trigger()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take arrows, Enter and Esc from the field; close when it loses the focus."""
        if event is None:
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = (self._list.currentRow() + step) % max(1, self._list.count())
                self._list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        return super().eventFilter(watched, event)
