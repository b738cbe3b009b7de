"""The palette: one cell per tool, four in a row, only tools that are there."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import control_size, icon_size, line_height, part_sizes
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.parts.focus_ring import draw_ring, draw_ring_on_fill
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.spacing import SPACE_4
from kitsdesk.ui.style import active_style
from kitsdesk.ui.tools.tool_records import TOOLS, ToolRecord

_PART = part_sizes("palette")
COLUMNS = 4
LOOKING = ("navigate", "ruler", "diameter", "ellipse")


class ToolCell(QAbstractButton):
    """Icon over name, the key in the corner; filled while in use."""

    def __init__(self, record: ToolRecord) -> None:
        super().__init__()
        self.record = record
        self._why_not = ""
        self.setCheckable(True)
        self.setText(record.title)
        self.setAccessibleName(record.title)
        self._show_key()
        active_keys().changed.connect(self._show_key)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _show_key(self) -> None:
        record = self.record
        key = f" ({record.key})" if record.key else ""
        self.setToolTip(self._why_not or f"{record.title}{key}\n{record.hint}")
        self.update()

    def set_why_not(self, why: str) -> None:
        """Disable the tool for a reason that its tooltip says; "" enables it."""
        self._why_not = why
        self.setEnabled(not why)
        self._show_key()

    def sizeHint(self) -> QSize:
        """Return the palette's cell."""
        width, height = control_size("tool_cell")
        return QSize(width, active_style().px(height))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the cell."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, enabled = self.isChecked(), self.isEnabled()
        if on or (self.underMouse() and enabled):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("accent_fill" if on else "hover"))
            draw_rounded(painter, QRectF(self.rect()), "control")
        if self.hasFocus():
            ring = draw_ring_on_fill if on else draw_ring
            ring(painter, QRectF(self.rect()), "control")
        role = "on_accent" if on else ("text" if enabled else "text_disabled")
        quiet = "on_accent" if on else ("text_muted" if enabled else "text_disabled")
        side = icon_size("tool")
        icon = QRect((self.width() - side) // 2, _PART["icon_top"], side, side)
        draw_icon(painter, self.record.icon, icon, style.colour(role))
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour(role if on else quiet))
        top = self.height() - style.px(_PART["name_from_bottom"])
        words = QRect(0, top, self.width(), style.px(line_height("caption")))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour(quiet))
        width, height = _PART["key_size"]
        left = self.width() - _PART["key_right"] - width
        corner = QRect(left, _PART["key_top"], width, height)
        painter.drawText(corner, int(Qt.AlignmentFlag.AlignRight), self.record.key)


class Palette(QWidget):
    """`toolChosen(name)`."""

    toolChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._cells = {record.tool: ToolCell(record) for record in TOOLS}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_4)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        for cell in self._cells.values():
            cell.setParent(self)
            self._group.addButton(cell)
            cell.clicked.connect(lambda _on, name=cell.record.tool: self.toolChosen.emit(name))
        self.set_tools([record.tool for record in TOOLS])
        self.set_tool("navigate")

    def set_tools(self, names: Sequence[str]) -> None:
        """Offer only these tools, in the palette's order."""
        for cell in self._cells.values():
            self._grid.removeWidget(cell)
            cell.hide()
        for place, name in enumerate(name for name in self._cells if name in names):
            self._grid.addWidget(self._cells[name], place // COLUMNS, place % COLUMNS)
            self._cells[name].show()

    def set_tool(self, name: str) -> None:
        """Mark the tool in use, without a signal."""
        self._cells[name].setChecked(True)

    def set_writable(self, writable: bool, why: str) -> None:
        """Offer the tools that change the mask, or disable them and say why."""
        for cell in self._cells.values():
            cell.set_why_not("" if writable or cell.record.tool in LOOKING else why)

    def tools(self) -> list[str]:
        """Return the tools offered."""
        return [name for name, cell in self._cells.items() if not cell.isHidden()]
