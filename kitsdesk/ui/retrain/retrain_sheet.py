"""Retrain folds…: what will be trained on what, what it costs, and one button."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.project.engine_defaults import tasks_at_once
from kitsdesk.project.retrain_facts import RetrainChoice, RetrainFacts
from kitsdesk.ui.design_tokens import icon_size, part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.icon_label import Glyph, IconLabel
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text, duration_text
from kitsdesk.ui.places.place_box import ASKING
from kitsdesk.ui.places.placed_sheet import PlacedSheet
from kitsdesk.ui.retrain.changes_column import ChangesColumn
from kitsdesk.ui.retrain.choices_column import ChoicesColumn
from kitsdesk.ui.spacing import EDGE, SPACE_8, SPACE_10, SPACE_16, SPACE_24

_PART = part_sizes("retrain_sheet")


def seconds_of(facts: RetrainFacts, choice: RetrainChoice) -> float | None:
    """Return the estimate of the whole run in seconds, None where one part is not known.

    `seconds_per_fold` is keyed by architecture, by preset, or by "preset/architecture".
    """
    total = 0.0
    for name in choice.architectures:
        keys = (f"{choice.preset}/{name}", name, choice.preset)
        per_fold = next(
            (facts.seconds_per_fold[k] for k in keys if k in facts.seconds_per_fold), None
        )
        if per_fold is None:
            return None
        total += per_fold * len(choice.folds)
    return total


class CostCell(QWidget):
    """Icon and name, one number, a line below."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self._value = text_label("", "title")
        self._note = text_label("", "small", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_10, SPACE_16, SPACE_10)
        column.setSpacing(EDGE)
        column.addWidget(IconLabel(icon, name))
        column.addWidget(self._value)
        column.addWidget(self._note)

    def set_cost(self, value: str, note: str) -> None:
        """Show a number and its line."""
        self._value.setText(value)
        self._note.setText(note)


class RetrainSheet(PlacedSheet):
    """Floats over the centre, not modal; Esc closes it and keeps the choices.

    `retrainAsked(RetrainChoice)`, `closed()`, and what every sheet with a place asks for.
    """

    retrainAsked = pyqtSignal(object)
    closed = pyqtSignal()

    def __init__(self) -> None:
        choices = ChoicesColumn()
        super().__init__(choices.place, QSize(*_PART["here"]), QSize(*_PART["elsewhere"]))
        self._choices = choices
        self._facts: RetrainFacts | None = None
        self._summary = text_label("", "base", "muted")
        self._changes = ChangesColumn()
        self._disk = CostCell("ph.hard-drives", "Disk")
        self._memory = CostCell("ph.cpu", "Memory")
        self._time = CostCell("ph.clock", "Time")
        self._note_icon = Glyph("ph.hourglass", "text_muted", icon_size("base"))
        self._note = wrapped_label("", "small", "muted")
        self._go = KeyedButton("Retrain 5 folds", kind="primary", size="large")
        self._lay_out()
        self._choices.changed.connect(self.refresh)
        self._go.clicked.connect(self._start)

    def _lay_out(self) -> None:
        head = sheet_head(heading("Retrain folds"), self._summary, self.close_sheet)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._changes, 42)
        columns.addWidget(divider("v"))
        columns.addWidget(self._choices, 58)
        costs = QHBoxLayout()
        costs.setSpacing(0)
        for place, cell in enumerate((self._disk, self._memory, self._time)):
            if place:
                costs.addWidget(divider("v"))
            costs.addWidget(cell, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_8)
        foot.addWidget(self._note_icon)
        foot.addWidget(self._note, 1)
        foot.addWidget(self._go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(divider())
        whole.addWidget(self.fill_stack(body), 1)
        whole.addWidget(divider())
        whole.addLayout(costs)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def show_facts(self, facts: RetrainFacts) -> None:
        """Fill the sheet; the choices made before stay."""
        self._facts = facts
        parts = [f"{facts.cases} of {count_text(facts.total_cases, 'case')}"]
        parts += [f"{facts.excluded} excluded"] if facts.excluded else []
        self._summary.setText(", ".join(parts))
        self._changes.set_facts(facts)
        self._choices.set_facts(facts)
        self.begin()

    def choice(self) -> RetrainChoice:
        """Return what is chosen now."""
        return self._choices.choice()

    def wanted(self) -> RetrainChoice:
        """Return what would be started now."""
        return self.choice()

    def set_note(self, text: str) -> None:
        """Show a sentence beside the button, such as what the run has to wait for."""
        self._note.setText(text)
        self._note_icon.set_glyph("ph.hourglass", "text_muted")
        self._note_icon.setVisible(bool(text))

    def allow_start(self) -> None:
        """Let the button be pressed again: the run could not be started."""
        self.refresh()

    def close_sheet(self) -> None:
        """Close and keep the choices."""
        super().close_sheet()
        self.closed.emit()

    def refresh(self) -> None:
        """Show what the choices cost, and what hinders."""
        facts = self._facts
        if facts is None:
            return
        choice = self.choice()
        networks = len(choice.architectures)
        folds = len(choice.folds)
        words = f"Retrain {count_text(folds, 'fold')}"
        self._go.setText(words if networks <= 1 else f"{words} × {networks}")
        self._go.updateGeometry()
        self._disk.set_cost(f"{facts.disk_gb:.1f} GB", f"{facts.disk_free_gb:.0f} GB free")
        count = max(1, folds * max(1, networks))
        at_once = tasks_at_once(choice.plan, count)
        self._memory.set_cost(f"{facts.memory_gb:.1f} GB", self._memory_note(facts, at_once))
        self._show_time(facts, choice, at_once)
        problem = self._problem(facts, choice)
        explain(self._go, not problem, problem)
        self.set_note(problem)
        if problem and problem != ASKING:
            self._note_icon.set_glyph("ph.warning", "warning")

    def _memory_note(self, facts: RetrainFacts, at_once: int) -> str:
        side_by_side = "one fold at a time" if at_once == 1 else f"{at_once} folds at once"
        found = self.place.facts()
        if found is not None and found.gpu_memory_gb is not None:
            return f"of {found.gpu_memory_gb:.0f} GB of the GPU, {side_by_side}"
        if self.place.engine() != "local":
            return f"for each fold, {side_by_side}"
        return f"of {facts.memory_free_gb:.0f} GB, {side_by_side} · {facts.device}"

    def _show_time(self, facts: RetrainFacts, choice: RetrainChoice, at_once: int) -> None:
        total = seconds_of(facts, choice)
        if total is None:
            self._time.set_cost("–", "no fold was timed yet")
            return
        count = max(1, len(choice.folds) * max(1, len(choice.architectures)))
        each = total / count
        whole = each * -(-count // at_once)
        self._time.set_cost(duration_text(whole), f"{duration_text(each)} a fold (probe)")

    def _problem(self, facts: RetrainFacts, choice: RetrainChoice) -> str:
        if facts.problem:
            return facts.problem
        if not choice.architectures:
            return "Choose an architecture."
        if not choice.folds:
            return "Choose a fold."
        if facts.disk_gb > facts.disk_free_gb:
            return "There is not enough free disk for the export and its cache."
        return self.place.problem()

    def _start(self) -> None:
        self._go.setEnabled(False)
        self._go.setToolTip("The run is being started")
        self.retrainAsked.emit(self.choice())
