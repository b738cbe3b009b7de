"""A question that must be answered, as a strip in the panel instead of a box."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import wrapped_label


class QuestionStrip(QWidget):
    """One question at a time; the answer goes to the callback given with it."""

    closed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("notice", "question")
        self._answered: Callable[[bool, str], None] | None = None
        self._needs_text = False
        self._question = wrapped_label("")
        self._field = QLineEdit()
        self._yes = KeyedButton("Yes", kind="primary")
        self._no = KeyedButton("No", kind="quiet")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._no)
        row.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._question)
        column.addWidget(self._field)
        column.addLayout(row)
        self._yes.clicked.connect(lambda: self._answer(True))
        self._no.clicked.connect(lambda: self._answer(False))
        self._field.returnPressed.connect(self._enter)
        self._field.textChanged.connect(self._refresh)
        self.hide()

    def ask(
        self,
        question: str,
        yes: str,
        answered: Callable[[bool, str], None],
        *,
        no: str = "Cancel",
        field: str = "",
        text: str = "",
    ) -> None:
        """Open with a question; `answered(yes, text)` comes once, later.

        With `field` (its hint) a text is required before yes can be pressed. Another
        question that is still open is answered with no first.
        """
        if self.is_open():
            self._answer(False)
        self._answered, self._needs_text = answered, bool(field)
        self._question.setText(question)
        self._yes.setText(yes)
        self._no.setText(no)
        self._field.setVisible(self._needs_text)
        self._field.setPlaceholderText(field)
        self._field.setAccessibleName(field or "Answer")
        self._field.setText(text)
        self._refresh()
        self.show()
        (self._field if self._needs_text else self._no).setFocus()

    def is_open(self) -> bool:
        """Return whether a question waits."""
        return not self.isHidden()

    def _refresh(self) -> None:
        missing = self._needs_text and not self._field.text().strip()
        self._yes.setEnabled(not missing)
        self._yes.setToolTip("A reason is required" if missing else "")

    def _enter(self) -> None:
        if self._yes.isEnabled():
            self._answer(True)

    def _answer(self, yes: bool) -> None:
        answered, self._answered = self._answered, None
        self.hide()
        self.closed.emit()
        if answered is not None:
            answered(yes, self._field.text().strip() if yes else "")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc answers no."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._answer(False)
            return
        super().keyPressEvent(event)
