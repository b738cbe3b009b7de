"""The bar that says what happened, what was kept and what to do; it stays until dismissed."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, icon_button
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import wrapped_label
from kitsdesk.ui.spacing import SPACE_2, SPACE_8, SPACE_10, SPACE_14

_PART = part_sizes("problem_bar")


class ProblemBar(QWidget):
    """One problem at a time; `actionAsked` is its one button, where it has one."""

    actionAsked = pyqtSignal()
    dismissed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("notice", "problem")
        self._happened = wrapped_label("")
        self._happened.setProperty("weight", "medium")
        self._rest = wrapped_label("", "small", "muted")
        self._action = KeyedButton("", size="small")
        self._details = KeyedButton("Details", kind="quiet", size="small")
        self._copy = KeyedButton("Copy", kind="quiet", size="small")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFixedHeight(_PART["details_height"])
        self._lay_out()
        self._action.clicked.connect(self.actionAsked)
        self._details.clicked.connect(self._toggle)
        self._copy.clicked.connect(self._copy_details)
        self.hide()

    def _lay_out(self) -> None:
        close = icon_button("ph.x", "Dismiss", "bare")
        close.clicked.connect(self.dismiss)
        words = QVBoxLayout()
        words.setSpacing(SPACE_2)
        words.addWidget(self._happened)
        words.addWidget(self._rest)
        row = QHBoxLayout()
        row.setSpacing(SPACE_10)
        mark = Glyph("ph.warning", "error", _PART["icon"])
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for part in (self._action, self._details, self._copy, close):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_14, SPACE_8, SPACE_8, SPACE_8)
        column.addLayout(row)
        column.addWidget(self._text)

    def show_problem(
        self, happened: str, kept: str = "", advice: str = "", details: str = "", action: str = ""
    ) -> None:
        """Show a problem; `details` is the copyable report, without patient data."""
        self._happened.setText(happened)
        self._rest.setText(" ".join(part for part in (kept, advice) if part))
        self._rest.setVisible(bool(kept or advice))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._text.setPlainText(details)
        self._text.hide()
        self._details.setVisible(bool(details))
        self._copy.hide()
        self.show()

    def happened(self) -> str:
        """Return the sentence shown."""
        return self._happened.text()

    def dismiss(self) -> None:
        """Hide the bar."""
        self.hide()
        self.dismissed.emit()

    def _toggle(self) -> None:
        shown = self._text.isHidden()
        self._text.setVisible(shown)
        self._copy.setVisible(shown)

    def _copy_details(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(f"{self._happened.text()}\n{self._text.toPlainText()}")
