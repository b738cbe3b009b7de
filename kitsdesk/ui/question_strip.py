"""A question that must be answered, as a strip in the panel instead of a box."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kitsdesk.review.exclusion_reasons import needs_text, worded
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import wrapped_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.spacing import SPACE_8, SPACE_10, SPACE_12


class QuestionStrip(QWidget):
    """One question at a time; the answer goes to the callback given with it.

    An answer is a key: "yes" or one of the options', "" for no.
    """

    closed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("notice", "question")
        self._answered: Callable[[str, str], None] | None = None
        self._needs_text = False
        self._options: dict[str, KeyedButton] = {}
        self._kinds: Segments | None = None
        self._question = wrapped_label("")
        self._field = QLineEdit()
        self._no = KeyedButton("No", kind="quiet")
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        self._row.addWidget(self._no)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_10, SPACE_12, SPACE_10)
        column.setSpacing(SPACE_8)
        column.addWidget(self._question)
        self._kind_row = QHBoxLayout()
        self._kind_row.addStretch(1)
        column.addLayout(self._kind_row)
        column.addWidget(self._field)
        column.addLayout(self._row)
        self._no.clicked.connect(lambda: self._answer(""))
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
        kinds: Sequence[str] = (),
    ) -> None:
        """Open with a question; `answered(yes, text)` comes once, later.

        With `field` (its hint) a text is required before yes can be pressed. Another
        question that is still open is answered with no first. With `kinds` of a reason one is
        chosen, the first at the start; the text is then `worded` by it.
        """
        self._begin(question, (("yes", yes),), no, lambda key, said: answered(key == "yes", said))
        self._needs_text = bool(field)
        self._field.setVisible(self._needs_text)
        self._offer_kinds(kinds)
        self._field.setPlaceholderText(field)
        self._field.setAccessibleName(field or "Answer")
        self._field.setText(text)
        self._refresh()
        (self._field if self._needs_text else self._no).setFocus()

    def choose(
        self,
        question: str,
        options: Sequence[tuple[str, str]],
        answered: Callable[[str], None],
        *,
        no: str = "Cancel",
    ) -> None:
        """Open with a question of several answers, each a key and the words of its button;
        `answered(key)` comes once, later, with "" for none of them."""
        self._begin(question, options, no, lambda key, _text: answered(key))
        self._needs_text = False
        self._field.hide()
        self._offer_kinds(())
        self._refresh()
        self._no.setFocus()

    def _begin(
        self,
        question: str,
        options: Sequence[tuple[str, str]],
        no: str,
        answered: Callable[[str, str], None],
    ) -> None:
        if self.is_open():
            self._answer("")
        for button in self._options.values():
            self._row.removeWidget(button)
            button.deleteLater()
        self._options = {key: self._option(key, text) for key, text in options}
        self._last().set_kind("primary")
        self._answered = answered
        self._question.setText(question)
        self._no.setText(no)
        self.show()

    def _offer_kinds(self, kinds: Sequence[str]) -> None:
        if self._kinds is not None:
            self._kind_row.removeWidget(self._kinds)
            self._kinds.deleteLater()
            self._kinds = None
        if kinds:
            self._kinds = Segments([(kind, kind) for kind in kinds], small=True, columns=3)
            self._kinds.set_chosen(kinds[0])
            self._kinds.chosen.connect(lambda _kind: self._refresh())
            self._kind_row.insertWidget(0, self._kinds)

    def kinds(self) -> Segments | None:
        """Return the choice of the reason's kind, None where the question has none."""
        return self._kinds

    def _option(self, key: str, text: str) -> KeyedButton:
        button = KeyedButton(text)
        button.clicked.connect(lambda: self._answer(key))
        self._row.addWidget(button)
        return button

    def options(self) -> dict[str, KeyedButton]:
        """Return the buttons of the question shown, by the key of their answer."""
        return dict(self._options)

    def is_open(self) -> bool:
        """Return whether a question waits."""
        return not self.isHidden()

    def withdraw(self) -> None:
        """Close without asking any more; an open question is answered with no."""
        if self.is_open():
            self._answer("")

    def _last(self) -> KeyedButton:
        return list(self._options.values())[-1]

    def _refresh(self) -> None:
        required = self._kinds is None or needs_text(self._kinds.current())
        missing = self._needs_text and required and not self._field.text().strip()
        for button in self._options.values():
            explain(button, not missing, "A reason is required")

    def _enter(self) -> None:
        if self._options and self._last().isEnabled():
            self._last().click()

    def _answer(self, key: str) -> None:
        answered, self._answered = self._answered, None
        self.hide()
        self.closed.emit()
        if answered is not None:
            text = self._field.text().strip()
            said = text if self._kinds is None else worded(self._kinds.current(), text)
            answered(key, said if key else "")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc answers no."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._answer("")
            return
        super().keyPressEvent(event)
