"""Models…: every model of the project; one to three are ticked and put to use together."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.model_facts import ShelfFacts
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.models.model_row import ModelRow
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import EDGE, SPACE_8, SPACE_10, SPACE_14, SPACE_16, SPACE_24, SPACE_40

NOTHING_BEFORE = "No other models were in use before"


class ModelsSheet(Sheet):
    """`chosen(names)` when the ticks change, `useAsked(names)`, `verifyAsked(name)`,
    `addAsked()`, `importAsked()`, `rollBackAsked()`."""

    chosen = pyqtSignal(list)
    useAsked = pyqtSignal(list)
    verifyAsked = pyqtSignal(str)
    addAsked = pyqtSignal()
    importAsked = pyqtSignal()
    rollBackAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._list: dict[str, ModelRow] = {}
        self._count = text_label("", "base", "muted")
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(SPACE_24, 0, SPACE_24, 0)
        self._rows.setSpacing(0)
        self._words = wrapped_label("", "small", "muted")
        self._add = KeyedButton("Add a model…", "ph.folder-open")
        self._import = KeyedButton("Import nnU-Net model…", "ph.download-simple")
        self._back = KeyedButton("Roll back", "ph.arrow-counter-clockwise")
        self._use = KeyedButton("Use this model", kind="primary")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_14, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_10)
        foot.addWidget(self._words)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self._add)
        row.addWidget(self._import)
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._use)
        foot.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(sheet_head(heading("Models"), self._count, self.close_sheet))
        whole.addWidget(divider())
        whole.addWidget(scrolled(self._body), 1)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def _connect(self) -> None:
        self._use.clicked.connect(lambda: self.useAsked.emit(self.ticked()))
        self._add.clicked.connect(self.addAsked)
        self._import.clicked.connect(self.importAsked)
        self._back.clicked.connect(self.rollBackAsked)

    def sizeHint(self) -> QSize:
        """Return the sheet's size at 1600 × 1000."""
        return QSize(*part_sizes("models_sheet")["size"])

    def show_models(self, facts: ShelfFacts) -> None:
        """Fill the sheet, the newest model first; those in use are ticked."""
        self._fill(facts)
        used = sum(model.in_use for model in facts.models)
        unreadable = [f"{name} cannot be read" for name in facts.unreadable]
        beside = [f"{count_text(len(facts.models), 'model')}, {used} in use", *unreadable]
        self._count.setText(" · ".join(beside))
        before = " + ".join(facts.previous)
        explain(self._back, bool(before), NOTHING_BEFORE, f"Back to {before}")
        self._tell()

    def sheet_open(self) -> bool:
        """Return whether the sheet is to be seen."""
        return self.isVisible()

    def renew_models(self, facts: ShelfFacts) -> None:
        """Show other models; the ticks stay where the models in use are the same."""
        used = {name for name, row in self._list.items() if row.model.in_use}
        ticked = self.ticked()
        self.show_models(facts)
        if used == {model.name for model in facts.models if model.in_use}:
            for name, row in self._list.items():
                row.set_ticked(name in ticked)

    def set_choice(self, problem: str, words: str) -> None:
        """Let the ticked models be used, or say why not."""
        number = len(self.ticked())
        self._use.setText("Use this model" if number < 2 else f"Use {number} models together")
        self._use.updateGeometry()
        explain(self._use, not problem, problem)
        self._words.setText(problem or words)

    def set_verified(self, name: str, words: str, sound: bool | None) -> None:
        """Say of a model what a check of its files found."""
        row = self._list.get(name)
        if row is not None:
            row.set_verified(words, sound)

    def ticked(self) -> list[str]:
        """Return the names of the models that are chosen."""
        return [name for name, row in self._list.items() if row.ticked]

    def _fill(self, facts: ShelfFacts) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._list = {}
        for model in reversed(facts.models):
            if self._list:
                self._rows.addWidget(divider())
            row = ModelRow(model)
            row.toggled.connect(self._tell)
            row.verifyAsked.connect(lambda name=model.name: self.verifyAsked.emit(name))
            self._list[model.name] = row
            self._rows.addWidget(row)
        if not facts.models:
            nothing = text_label("No model yet: add or import one, or train folds.", tone="muted")
            nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
            nothing.setContentsMargins(0, SPACE_40, 0, SPACE_40)
            self._rows.addWidget(nothing)
        self._rows.addStretch(1)

    def _tell(self) -> None:
        self.chosen.emit(self.ticked())
