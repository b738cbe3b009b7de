"""The right of the sheet: architectures, preset, folds, start, place."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.retrain_facts import ArchitectureChoice, RetrainChoice, RetrainFacts
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import divider, surface, text_label
from kitsdesk.ui.parts.marks import MarkButton
from kitsdesk.ui.places.place_box import PlaceBox
from kitsdesk.ui.retrain.preset_button import PresetButton
from kitsdesk.ui.spacing import (
    SPACE_2,
    SPACE_4,
    SPACE_10,
    SPACE_12,
    SPACE_14,
    SPACE_16,
    SPACE_20,
    SPACE_24,
)

NAMES = {"plain": "plain", "residual": "residual", "preact": "pre-activation"}


class ChoicesColumn(QWidget):
    """`changed()`: another choice; what was chosen before stays when facts come anew."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._facts: RetrainFacts | None = None
        self._architectures = {name: MarkButton(word) for name, word in NAMES.items()}
        self._sizes = {name: text_label("", "small", "muted") for name in NAMES}
        self._architectures["residual"].setChecked(True)
        self._preset = PresetButton()
        self._folds = {fold: MarkButton(str(fold), boxed=True) for fold in range(5)}
        self._scratch = MarkButton("scratch", radio=True)
        self._warm = MarkButton("", radio=True)
        self._warm_note = IconLabel("ph.check", "")
        self.place = PlaceBox()
        for button in (self._scratch, *self._folds.values()):
            button.setChecked(True)
        self._group(self._scratch, self._warm)
        self._lay_out()
        self.place.changed.connect(self.changed)
        marks = (*self._architectures.values(), *self._folds.values(), self._scratch)
        for button in marks:
            button.toggled.connect(lambda _on: self.changed.emit())
        self._preset.presetChosen.connect(self._preset_changed)

    def _group(self, *buttons: MarkButton) -> None:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE_24, SPACE_16, SPACE_20, SPACE_16)
        grid.setHorizontalSpacing(SPACE_12)
        grid.setVerticalSpacing(SPACE_14)
        grid.setColumnMinimumWidth(0, part_sizes("choices_column")["name_width"])
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Architectures", self._architecture_box()),
            ("Preset", self._preset),
            ("Folds", _row(*self._folds.values())),
            ("Start from", self._start_box()),
            ("Where", self.place),
        )
        for place, (word, widget) in enumerate(rows):
            label = text_label(word, "base", "muted")
            label.setContentsMargins(0, SPACE_4, 0, 0)
            grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, place, 1)
        grid.setRowStretch(len(rows), 1)

    def _architecture_box(self) -> QWidget:
        box = surface("well")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for place, (name, button) in enumerate(self._architectures.items()):
            if place:
                column.addWidget(divider())
            row = QHBoxLayout()
            row.setContentsMargins(SPACE_10, SPACE_4, SPACE_10, SPACE_4)
            row.addWidget(button)
            row.addStretch(1)
            row.addWidget(self._sizes[name])
            column.addLayout(row)
        return box

    def _start_box(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for button in (self._scratch, self._warm):
            column.addWidget(button)
        note = QHBoxLayout()
        note.setContentsMargins(SPACE_24, SPACE_2, 0, 0)
        note.addWidget(self._warm_note)
        column.addLayout(note)
        return box

    def set_facts(self, facts: RetrainFacts) -> None:
        """Show what can be chosen."""
        self._facts = facts
        self._preset.set_presets(facts.presets, facts.preset_notes)
        self._warm.setText(f"the current model, {facts.current_model}")
        self._warm.updateGeometry()
        self._warm.setVisible(bool(facts.current_model))
        self._warm_note.setVisible(bool(facts.current_model))
        problem = facts.warm_start_problem
        self._warm.setEnabled(not problem)
        if problem:
            self._scratch.setChecked(True)
            self._warm_note.show_state("ph.prohibit", "text_muted", problem)
        else:
            self._warm_note.show_state(
                "ph.check", "text_muted", "no fold starts from one that saw its held-out cases"
            )
        self._warm_note.label.setWordWrap(True)
        known = {fold.fold for fold in facts.folds}
        for fold, button in self._folds.items():
            button.setVisible(fold in known)
        self._show_architectures()

    def _preset_changed(self, _name: str) -> None:
        self._show_architectures()
        self.changed.emit()

    def _show_architectures(self) -> None:
        if self._facts is None:
            return
        offered = {c.architecture: c for c in self._facts.architectures.get(self.preset(), ())}
        for name, button in self._architectures.items():
            choice = next((c for key, c in offered.items() if key == name), None)
            button.setEnabled(choice is not None)
            button.setToolTip("" if choice else f"Not part of the preset {self.preset()}")
            if choice is None:
                button.setChecked(False)
            self._sizes[name].setText(_size_text(choice))
        if offered and not any(b.isChecked() for b in self._architectures.values()):
            self._architectures[next(iter(offered))].setChecked(True)

    def preset(self) -> str:
        """Return the chosen preset."""
        return self._preset.preset()

    def choice(self) -> RetrainChoice:
        """Return what is chosen now."""
        names = tuple(
            choice.architecture
            for choice in (self._facts.architectures.get(self.preset(), ()) if self._facts else ())
            if self._architectures[choice.architecture].isChecked()
        )
        folds = tuple(
            f for f, button in self._folds.items() if button.isChecked() and not button.isHidden()
        )
        warm = self._warm.isChecked() and self._warm.isEnabled()
        return RetrainChoice(names, self.preset(), folds, warm, self.place.plan())


def _size_text(choice: ArchitectureChoice | None) -> str:
    if choice is None:
        return "not in this preset"
    return f"{choice.parameters / 1e6:.1f} M parameters · {choice.gmac:.0f} GMAC"


def _row(*buttons: QWidget, spacing: int = 8) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return widget
