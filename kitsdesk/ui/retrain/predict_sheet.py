"""Predict all… of many cases: with what, where, in how many parts, and one button."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.project.engine_defaults import EngineDefaults, prediction_parts
from kitsdesk.project.place_facts import DryRun, PlaceFacts, PredictAllFacts
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.places.place_box import PlaceBox
from kitsdesk.ui.places.script_view import ScriptView
from kitsdesk.ui.side_tabs import scrolled


class PredictSheet(Sheet):
    """Floats over the centre, not modal; Esc closes it and keeps the choice.

    `predictAsked(EnginePlan)`, `placeChosen(EnginePlan)`, `placeAskedAgain(EnginePlan)`,
    `scriptAsked(EnginePlan)`, `grown()`.
    """

    predictAsked = pyqtSignal(object)
    placeChosen = pyqtSignal(object)
    placeAskedAgain = pyqtSignal(object)
    scriptAsked = pyqtSignal(object)
    grown = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._facts: PredictAllFacts | None = None
        self._summary = text_label("", "base", "muted")
        self.place = PlaceBox()
        self.script = ScriptView()
        self._parts = wrapped_label("", "small", "muted")
        self._note = wrapped_label("", "small", "muted")
        self._go = KeyedButton("Predict", kind="primary", size="large")
        self._stack = QStackedWidget()
        self._lay_out()
        self.place.changed.connect(self._place_changed)
        self.place.askedAgain.connect(lambda: self.placeAskedAgain.emit(self.place.plan()))
        self.place.scriptAsked.connect(lambda: self.scriptAsked.emit(self.place.plan()))
        self.script.backAsked.connect(lambda: self._stack.setCurrentIndex(0))
        self._go.clicked.connect(lambda: self.predictAsked.emit(self.place.plan()))

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addWidget(section_label("Where"))
        column.addWidget(self.place)
        column.addWidget(self._parts)
        column.addStretch(1)
        self._stack.addWidget(scrolled(body))
        self._stack.addWidget(self.script)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 16, 24, 16)
        foot.addWidget(self._note, 1)
        foot.addWidget(self._go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(sheet_head(heading("Predict all"), self._summary, self.close_sheet))
        whole.addWidget(divider())
        whole.addWidget(self._stack, 1)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def sizeHint(self) -> QSize:
        """Return the sheet's size; a cluster's options need more of it."""
        here = self.place.engine() == "local" and not self.place.remote.isChecked()
        return QSize(600, 320 if here else 540)

    def show_prediction(self, facts: PredictAllFacts) -> None:
        """Fill the sheet; the place chosen before stays."""
        self._facts = facts
        takes = f". On this computer {facts.takes}" if facts.takes else ""
        self._summary.setText(f"{count_text(facts.cases, 'case')} with {facts.models}{takes}")
        self._stack.setCurrentIndex(0)
        self._refresh()
        self.placeChosen.emit(self.place.plan())

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer the cluster, the other queue and the SSH host of the settings."""
        self.place.set_defaults(defaults)
        self._refresh()

    def set_place(self, facts: PlaceFacts | None) -> None:
        """Show what the chosen place said of itself; None while it is asked."""
        self.place.set_facts(facts)
        self._refresh()

    def show_dry_run(self, shown: DryRun) -> None:
        """Show a script in place of the choice."""
        self.script.show_dry_run(shown.scripts, shown.commands, shown.note)
        self._stack.setCurrentIndex(1)

    def _place_changed(self) -> None:
        self._refresh()
        self.placeChosen.emit(self.place.plan())
        self.grown.emit()

    def _refresh(self) -> None:
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
