"""The six decisions, what is settled, and the question where a reason is needed."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.review.exclusion_reasons import KINDS
from kitsdesk.review.rows import ReviewFacts
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.question_strip import QuestionStrip
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_12, SPACE_16

RESTORE = "restore"
READ_ONLY = "The project is open read-only"
NO_CASE = "No case is open"
NAMED = 3
"""So many ids stand in a question about several cases."""
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
        self._selected: tuple[str, ...] = ()
        self._asked: tuple[str, ...] = ()  # whom an open question of these buttons is about
        self._settled = text_label("", "small", "muted")
        self._done = KeyedButton(
            "Done and next", action=ActionId.DONE_AND_NEXT, kind="quiet", size="small"
        )
        self.strip = QuestionStrip()
        self._buttons: dict[str, KeyedButton] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_6)
        grid.setVerticalSpacing(SPACE_6)
        for place, (key, text, icon, _tip) in enumerate(BUTTONS):
            button = KeyedButton(text, icon, size="tight")
            button.clicked.connect(lambda _on, key=key: self.begin(key))
            grid.addWidget(button, place // 3, place % 3)
            self._buttons[key] = button
        head = QHBoxLayout()
        head.addWidget(self._settled, 1)
        head.addWidget(self._done)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_8)
        column.addWidget(self.strip)
        column.addLayout(head)
        column.addLayout(grid)
        self._done.clicked.connect(self.doneAsked)
        self.strip.closed.connect(self._forget_question)

    def set_facts(self, facts: ReviewFacts | None) -> None:
        """Enable what may be decided; the proposed decision is filled once all is settled.

        With no case open (None) decisions are for the cases selected in the list.
        """
        self._facts = facts
        rows = facts.disagreements if facts is not None else ()
        settled = sum(bool(row.settled) for row in rows)
        self._settled.setText(f"{settled} of {len(rows)} disagreements settled" if rows else "")
        self._enable()

    def set_selected(self, cases: Sequence[str]) -> None:
        """Say which cases are selected in the list; a question about others is taken back."""
        self._selected = tuple(cases)
        if self._asked and self._asked != self._chosen():
            self.strip.withdraw()
        self._enable()

    def _chosen(self) -> tuple[str, ...]:
        """Return the cases that a decision changes, as the controller chooses them."""
        if self._facts is None or len(self._selected) > 1:
            return self._selected
        return (self._facts.case,)

    def _enable(self) -> None:
        facts, several = self._facts, len(self._chosen()) > 1
        proposed = _proposed(facts) if facts is not None and not several else ""
        for key, _text, _icon, tip in BUTTONS:
            enabled, why = availability(key, facts, several)
            explain(self._buttons[key], enabled, why, tip)
            self._buttons[key].set_kind("primary" if enabled and key == proposed else "plain")
        if facts is None:
            explain(self._done, False, NO_CASE)
        else:
            explain(self._done, not facts.read_only, READ_ONLY)

    def button(self, key: str) -> KeyedButton:
        """Return the button of a decision, or of "restore"."""
        return self._buttons[key]

    def begin(self, key: str) -> None:
        """Start a decision as its button does: ask for the reason where one is required."""
        facts, cases = self._facts, self._chosen()
        if not cases or not availability(key, facts, len(cases) > 1)[0]:
            return
        if key == RESTORE:
            self.strip.ask(
                f"Make the reference the mask of {_named(cases)} again? Every revision is kept.",
                "Restore reference",
                lambda yes, _text: self.restoreAsked.emit() if yes else None,
            )
            self._asked = cases
        elif key in ("replaced", "excluded"):
            self.strip.ask(
                _question(key, cases),
                _yes(key),
                lambda yes, text: self._answered(key, yes, text),
                field="Reason (required)",
                text=_reason(key, facts, cases),
                kinds=KINDS if key == "excluded" else (),
            )
            self._asked = cases
        else:
            self.decided.emit(key, "")

    def _forget_question(self) -> None:
        self._asked = ()

    def _answered(self, decision: str, yes: bool, reason: str) -> None:
        if yes:
            self.decided.emit(decision, reason)


def availability(key: str, facts: ReviewFacts | None, several: bool = False) -> tuple[bool, str]:
    """Return whether a decision may be made now, and if not why.

    For several cases, or with none open, the project says of each case whether it can be.
    """
    if facts is None:
        return (key != "corrected", NO_CASE if key == "corrected" else "")
    if facts.read_only:
        return False, READ_ONLY
    if key == "corrected" and not facts.edited:
        return False, "Nothing was edited since the last save"
    if several:
        return True, ""
    if key == "replaced" and not facts.has_prediction:
        return False, "There is no prediction of this case"
    if key == RESTORE and not facts.has_reference:
        return False, "This case has no reference mask"
    if key == RESTORE and facts.decision == "unreviewed" and not facts.edited:
        return False, "The mask is the reference"
    return True, ""


def _proposed(facts: ReviewFacts) -> str:
    """Return the decision that is ready to be made, "" while something is open."""
    ready = facts.has_prediction and all(row.settled for row in facts.disagreements)
    return facts.proposed if ready else ""


def _question(key: str, cases: Sequence[str]) -> str:
    if key == "replaced":
        return f"Make the held-out prediction the mask of {_named(cases)}?"
    return f"Leave {_named(cases)} out of every export from now on?"


def _named(cases: Sequence[str]) -> str:
    """Return one id, or for example "these 3 cases (case_00015, case_00037, case_00068)"."""
    if len(cases) == 1:
        return cases[0]
    ids = ", ".join(cases[:NAMED])
    more = f" and {len(cases) - NAMED} more" if len(cases) > NAMED else ""
    return f"these {len(cases)} cases ({ids}{more})"


def _yes(key: str) -> str:
    return "Exclude" if key == "excluded" else "Use prediction"


def _reason(key: str, facts: ReviewFacts | None, cases: Sequence[str]) -> str:
    """Return the open case's largest disagreement; what is true of it is not of others."""
    if facts is None or tuple(cases) != (facts.case,) or key != "replaced":
        return ""
    return facts.disagreements[0].title if facts.disagreements else ""
