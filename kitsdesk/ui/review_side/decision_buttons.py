"""The six decisions, what is settled, and the question where a reason is needed."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.review.exclusion_reasons import KINDS
from kitsdesk.review.rows import ReviewFacts
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.question_strip import QuestionStrip

RESTORE = "restore"
READ_ONLY = "The project is open read-only"
BUTTONS: tuple[tuple[str, str, str, str], ...] = (
    ("kept", "Keep", "ph.check", "The working mask is right as it is"),
    ("corrected", "Save correction", "", "Save the edited mask as a new revision"),
    ("replaced", "Use prediction", "ph.swap", "The held-out prediction becomes the mask"),
    ("excluded", "Exclude", "ph.prohibit", "Leave the case out of exports"),
    ("deferred", "Decide later", "ph.clock", "Put the case off"),
    (RESTORE, "Restore reference", "", "A new revision equal to the reference, unreviewed"),
)


class DecisionButtons(QWidget):
    """`decided(decision, reason)`, `restoreAsked()`, `doneAsked()`."""

    decided = pyqtSignal(str, str)
    restoreAsked = pyqtSignal()
    doneAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._facts: ReviewFacts | None = None
        self._selected = 1
        self._settled = text_label("", "small", "muted")
        self._done = KeyedButton(
            "Done and next", action=ActionId.DONE_AND_NEXT, kind="quiet", size="small"
        )
        self.strip = QuestionStrip()
        self._buttons: dict[str, KeyedButton] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        for place, (key, text, icon, _tip) in enumerate(BUTTONS):
            button = KeyedButton(text, icon, size="tight")
            button.clicked.connect(lambda _on, key=key: self.begin(key))
            grid.addWidget(button, place // 3, place % 3)
            self._buttons[key] = button
        head = QHBoxLayout()
        head.addWidget(self._settled, 1)
        head.addWidget(self._done)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addLayout(head)
        column.addLayout(grid)
        self._done.clicked.connect(self.doneAsked)

    def set_facts(self, facts: ReviewFacts) -> None:
        """Enable what may be decided; the proposed decision is filled once all is settled."""
        self._facts = facts
        whole = len(facts.disagreements)
        settled = sum(bool(row.settled) for row in facts.disagreements)
        words = f"{settled} of {whole} disagreements settled" if whole else ""
        self._settled.setText(words)
        ready = facts.has_prediction and settled == whole
        for key, _text, _icon, tip in BUTTONS:
            enabled, why = availability(key, facts)
            explain(self._buttons[key], enabled, why, tip)
            proposed = ready and key == facts.proposed and enabled
            self._buttons[key].set_kind("primary" if proposed else "plain")
        explain(self._done, not facts.read_only, READ_ONLY)

    def set_selected(self, count: int) -> None:
        """Say how many cases of the list a decision applies to."""
        self._selected = count

    def button(self, key: str) -> KeyedButton:
        """Return the button of a decision, or of "restore"."""
        return self._buttons[key]

    def begin(self, key: str) -> None:
        """Start a decision as its button does: ask for the reason where one is required."""
        facts = self._facts
        if facts is None or not availability(key, facts)[0]:
            return
        if key == RESTORE:
            self.strip.ask(
                f"Make the reference the mask of {facts.case} again? Every revision is kept.",
                "Restore reference",
                lambda yes, _text: self.restoreAsked.emit() if yes else None,
            )
        elif key in ("replaced", "excluded"):
            self.strip.ask(
                _question(key, facts, self._selected),
                _yes(key),
                lambda yes, text: self._answered(key, yes, text),
                field="Reason (required)",
                text=_reason(key, facts),
                kinds=KINDS if key == "excluded" else (),
            )
        else:
            self.decided.emit(key, "")

    def _answered(self, decision: str, yes: bool, reason: str) -> None:
        if yes:
            self.decided.emit(decision, reason)


def availability(key: str, facts: ReviewFacts) -> tuple[bool, str]:
    """Return whether a decision may be made now, and if not why."""
    if facts.read_only:
        return False, READ_ONLY
    if key == "corrected" and not facts.edited:
        return False, "Nothing was edited since the last save"
    if key == "replaced" and not facts.has_prediction:
        return False, "There is no prediction of this case"
    if key == RESTORE and not facts.has_reference:
        return False, "This case has no reference mask"
    if key == RESTORE and facts.decision == "unreviewed" and not facts.edited:
        return False, "The mask is the reference"
    return True, ""


def _question(key: str, facts: ReviewFacts, selected: int) -> str:
    if key == "replaced":
        return f"Make the held-out prediction the mask of {facts.case}?"
    cases = f"these {selected} cases" if selected > 1 else facts.case
    return f"Leave {cases} out of every export from now on?"


def _yes(key: str) -> str:
    return "Exclude" if key == "excluded" else "Use prediction"


def _reason(key: str, facts: ReviewFacts) -> str:
    if key == "replaced" and facts.disagreements:
        return facts.disagreements[0].title
    return ""
