"""Predict all… of many cases: with what, where, in how many parts, and one button."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.engine_defaults import prediction_parts
from kitsdesk.project.place_facts import PredictAllFacts
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.places.place_box import PlaceBox
from kitsdesk.ui.places.placed_sheet import PlacedSheet
from kitsdesk.ui.spacing import EDGE, SPACE_10, SPACE_16, SPACE_24
from trainer.contract.engine_plan import EnginePlan

_PART = part_sizes("predict_sheet")


class PredictSheet(PlacedSheet):
    """Floats over the centre, not modal; Esc closes it and keeps the choice.

    `predictAsked(EnginePlan)`, and what every sheet with a place asks for.
    """

    predictAsked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__(PlaceBox(), QSize(*_PART["here"]), QSize(*_PART["elsewhere"]))
        self._facts: PredictAllFacts | None = None
        self._summary = text_label("", "base", "muted")
        self._parts = wrapped_label("", "small", "muted")
        self._note = wrapped_label("", "small", "muted")
        self._go = KeyedButton("Predict", kind="primary", size="large")
        self._lay_out()
        self._go.clicked.connect(lambda: self.predictAsked.emit(self.wanted()))

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_10)
        column.addWidget(section_label("Where"))
        column.addWidget(self.place)
        column.addWidget(self._parts)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        foot.addWidget(self._note, 1)
        foot.addWidget(self._go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(sheet_head(heading("Predict all"), self._summary, self.close_sheet))
        whole.addWidget(divider())
        whole.addWidget(self.fill_stack(body), 1)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def show_prediction(self, facts: PredictAllFacts) -> None:
        """Fill the sheet; the place chosen before stays."""
        self._facts = facts
        takes = f". On this computer {facts.takes}" if facts.takes else ""
        self._summary.setText(f"{count_text(facts.cases, 'case')} with {facts.models}{takes}")
        self.begin()

    def wanted(self) -> EnginePlan:
        """Return the place and its options."""
        return self.place.plan()

    def refresh(self) -> None:
        """Show in how many parts, and what hinders."""
        if self._facts is None:
            return
        cases = self._facts.cases
        parts = prediction_parts(self.place.plan(), cases)
        self._go.setText(f"Predict {count_text(cases, 'case')}")
        self._go.updateGeometry()
        each = f"about {round(cases / parts)} cases each"
        self._parts.setText("In one part." if parts == 1 else f"In {parts} parts, {each}.")
        problem = self.place.problem()
        explain(self._go, not problem, problem)
        self._note.setText(problem)
