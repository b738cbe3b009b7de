"""The Info tab: facts about image, mask, prediction and decisions of the open case."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.labels import divider, section_label, text_label
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_4, SPACE_12, SPACE_16

LONGEST_WORD = 30
InfoSection = tuple[str, Sequence[tuple[str, str]]]


class InfoPanel(QWidget):
    """Sections of name and value; values can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(self._content))
        self._told: tuple[str, Sequence[InfoSection]] = ("", ())
        self._built: tuple[str, Sequence[InfoSection]] | None = None

    def set_info(self, title: str, sections: Sequence[InfoSection]) -> None:
        """Show a title and sections (head, rows of name and value); "" = no case."""
        self._told = (title, sections)
        if self.isVisible():
            self._build(title, sections)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Make the page now: it is made of many widgets, and most cases are never looked up."""
        self._build(*self._told)
        super().showEvent(event)

    def _build(self, title: str, sections: Sequence[InfoSection]) -> None:
        if (title, sections) == self._built:
            return
        self._built = (title, sections)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        head = text_label(
            title or "No case is open", "title" if title else "base", "" if title else "muted"
        )
        head.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        if not title:
            head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(head)
        for name, rows in sections:
            self._column.addWidget(divider())
            self._column.addWidget(_section(name, rows))
        self._column.addStretch(1)


def _section(name: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
    grid.setHorizontalSpacing(SPACE_12)
    grid.setVerticalSpacing(SPACE_4)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, part_sizes("info_panel")["name_width"])
    grid.addWidget(section_label(name), 0, 0, 1, 2)
    for place, (label, value) in enumerate(rows, start=1):
        key = text_label(label, "small", "muted")
        grid.addWidget(key, place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_value(value), place, 1)
    return widget


def _value(text: str) -> QWidget:
    """Return a selectable value; one without a place to break scrolls in its line."""
    if len(text) > LONGEST_WORD and " " not in text:
        line = QLineEdit(text)
        line.setReadOnly(True)
        line.setProperty("bare", "path")
        line.setCursorPosition(0)
        line.setTextMargins(-2, 0, 0, 0)
        line.setToolTip(text)
        return line
    label = text_label(text, "small")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
