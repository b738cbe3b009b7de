"""The system report on a sheet: to read before it is copied."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.fixed_font import use_fixed_font
from kitsdesk.ui.parts.labels import divider, text_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.spacing import EDGE, SPACE_12, SPACE_16, SPACE_20, SPACE_24
from kitsdesk.ui.style import active_style

_PART = part_sizes("report_sheet")
NOTE = "No case id, no name of a patient or project and no path of yours is in it."


class ReportSheet(Sheet):
    """`copyAsked(text)`: the text as it stands."""

    copyAsked = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("System report")
        self._text.setProperty("log", "true")
        use_fixed_font(self._text)
        self._copy = KeyedButton("Copy", "ph.clipboard-text", kind="primary")
        self._copy.clicked.connect(lambda: self.copyAsked.emit(self.text()))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._copy)
        body = QVBoxLayout()
        body.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_20)
        body.setSpacing(SPACE_12)
        body.addWidget(self._text, 1)
        body.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(
            sheet_head(heading("System report"), text_label(NOTE, "small", "muted"), self.hide)
        )
        whole.addWidget(divider())
        whole.addLayout(body, 1)

    def sizeHint(self) -> QSize:
        """Return the sheet's size; it grows with the font."""
        return QSize(active_style().px(_PART["width"]), _PART["height"])

    def show_report(self, text: str) -> None:
        """Show a report."""
        self._text.setPlainText(text)

    def text(self) -> str:
        """Return the report shown."""
        return self._text.toPlainText()
