"""The head of the Review tab: which case, decided how, how suspicious."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kitsdesk.review.rows import ReviewFacts
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.icons import DECISION_ICONS
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.wording import dice_text
from kitsdesk.ui.spacing import SPACE_8, SPACE_16

# Ids of data sets are about this long ("case_00210"); longer ones are shortened with "…".
_PART = part_sizes("case_title")
_LONGEST_ID: int = _PART["longest_id"]


class CaseTitle(QWidget):
    """Id, decision, suspicion and its place in the order."""

    def __init__(self) -> None:
        super().__init__()
        self._case = ElidedLabel("", "title")
        self._decision = IconLabel("ph.circle", "")
        self._word = text_label("suspicion", "small", "muted")
        self._value = text_label("", "base", "", "semibold")
        self._rank = ElidedLabel("", "small", "muted")
        self._rank.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._case, 1)
        row.addWidget(self._decision)
        for part in (self._word, self._value, self._rank):
            row.addWidget(part)
        self.setFixedHeight(_PART["height"])

    def set_facts(self, facts: ReviewFacts) -> None:
        """Show a case."""
        self._case.setText(facts.case)
        icon, role = DECISION_ICONS[facts.decision]
        self._decision.show_state(icon, role, facts.decision)
        self._value.setText(dice_text(facts.suspicion))
        place = f"{facts.rank} of {facts.total}" if facts.rank else ""
        self._rank.set_texts(place, place.replace(" of ", "/"))
        self._case.setMinimumWidth(min(_LONGEST_ID, self._case.sizeHint().width()))
        known = facts.suspicion is not None
        for part in (self._word, self._value):
            part.setVisible(known)
