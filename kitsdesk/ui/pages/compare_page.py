"""Compare models…: paired values on the cases held out in both models."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from kitsdesk.review.model_comparison import ComparisonFacts
from kitsdesk.ui.pages.interval_card import IntervalCard
from kitsdesk.ui.pages.paired_plot import PairedPlot
from kitsdesk.ui.pages.plot_legend import PlotLegend
from kitsdesk.ui.pages.regression_table import RegressionTable
from kitsdesk.ui.parts.buttons import KeyedButton, icon_button
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.labels import divider, surface, text_label, wrapped_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.wording import UNKNOWN
from kitsdesk.ui.spacing import (
    SPACE_4,
    SPACE_8,
    SPACE_10,
    SPACE_12,
    SPACE_14,
    SPACE_16,
    SPACE_20,
    SPACE_24,
)

STRUCTURES = (("tumor", "Tumor Dice"), ("kidney", "Kidney Dice"))


def p_text(p: float | None) -> str:
    """Return a p value as it is written: "p < 0.001", "p = 0.03", "–"."""
    if p is None:
        return UNKNOWN
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


class ComparePage(QWidget):
    """Signals: `modelsChosen(before, after)`, `againstChosen("reference"|"curated")`,
    `caseChosen(id)`, `useModelAsked(name)`, `exportAsked()`, `closeAsked()`."""

    modelsChosen = pyqtSignal(str, str)
    againstChosen = pyqtSignal(str)
    caseChosen = pyqtSignal(str)
    useModelAsked = pyqtSignal(str)
    exportAsked = pyqtSignal()
    closeAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._facts: ComparisonFacts | None = None
        self._structure = "tumor"
        self._before, self._after = DropButton(""), DropButton("")
        self._against = Segments(
            (("reference", "against the reference"), ("curated", "against the curated masks"))
        )
        self._notes = text_label("", "small", "muted")
        self._notes.setTextFormat(Qt.TextFormat.RichText)
        self._cards = {name: IntervalCard(title) for name, title in STRUCTURES}
        self._cards["tumor"].setChecked(True)
        self._p = text_label("", "base", "", "semibold")
        self._counts = text_label("", "small", "muted")
        self._plot = PairedPlot()
        self._table = RegressionTable()
        self._footer = wrapped_label("", "base", "muted")
        self._export = KeyedButton("Export table", "ph.download-simple", size="large")
        self._use = KeyedButton("Use this model", kind="primary", size="large")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        column.addWidget(divider())
        notes = QHBoxLayout()
        notes.setContentsMargins(SPACE_24, SPACE_10, SPACE_24, SPACE_10)
        notes.addWidget(self._notes)
        column.addLayout(notes)
        column.addWidget(divider())
        column.addLayout(self._make_cards())
        column.addWidget(divider())
        column.addWidget(self._make_body(), 1)
        column.addWidget(divider())
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_14, SPACE_24, SPACE_14)
        foot.setSpacing(SPACE_8)
        foot.addWidget(self._footer, 1)
        foot.addWidget(self._export)
        foot.addWidget(self._use)
        column.addLayout(foot)

    def _make_head(self) -> QHBoxLayout:
        close = icon_button("ph.x", "Back to the views", "bare")
        close.clicked.connect(self.closeAsked)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_24, SPACE_12, SPACE_16, SPACE_12)
        head.setSpacing(SPACE_8)
        head.addWidget(text_label("Compare models", "heading"))
        head.addSpacing(SPACE_16)
        for word, button in (("before", self._before), ("after", self._after)):
            head.addWidget(text_label(word, "base", "muted"))
            head.addWidget(button)
        head.addStretch(1)
        head.addWidget(self._against)
        head.addWidget(close)
        return head

    def _make_cards(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        for card in self._cards.values():
            row.addWidget(card, 3)
            row.addWidget(divider("v"))
        test = QVBoxLayout()
        test.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        test.setSpacing(SPACE_4)
        test.addWidget(text_label("Wilcoxon", "small", "muted"))
        test.addWidget(self._p)
        test.addWidget(self._counts)
        test.addStretch(1)
        row.addLayout(test, 3)
        return row

    def _make_body(self) -> QSplitter:
        left = surface("panel")
        plot = QVBoxLayout(left)
        plot.setContentsMargins(SPACE_20, SPACE_14, SPACE_24, SPACE_16)
        plot.addWidget(
            PlotLegend(
                (
                    ("disc", "accent", "better"),
                    ("ring", "text_muted", "worse"),
                    ("down", "warning", "the 5 worst regressions"),
                )
            )
        )
        plot.addWidget(self._plot, 1)
        right = surface("panel")
        table = QVBoxLayout(right)
        table.setContentsMargins(0, 0, 0, 0)
        table.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_12, SPACE_10, SPACE_20, SPACE_10)
        head.addWidget(text_label("Worst regressions first", "base", "", "semibold"), 1)
        head.addWidget(text_label("a click opens the case with both predictions", "small", "muted"))
        table.addLayout(head)
        table.addWidget(self._table, 1)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setHandleWidth(1)
        body.addWidget(left)
        body.addWidget(right)
        body.setSizes([560, 720])
        return body

    def _connect(self) -> None:
        for name, card in self._cards.items():
            card.clicked.connect(lambda _on, name=name: self._turn(name))
        self._against.chosen.connect(self.againstChosen)
        for part in (self._plot, self._table):
            part.caseChosen.connect(self._choose)
        self._export.clicked.connect(self.exportAsked)
        self._use.clicked.connect(
            lambda: self.useModelAsked.emit(self._facts.after_model if self._facts else "")
        )

    def show_comparison(self, facts: ComparisonFacts) -> None:
        """Show a comparison."""
        self._facts = facts
        self._fill(self._before, facts.models, facts.before_model, before=True)
        self._fill(self._after, facts.models, facts.after_model, before=False)
        self._against.set_chosen(facts.against)
        count = f"<b>{len(facts.cases)}</b> cases held out in both models"
        self._notes.setText(" &nbsp;·&nbsp; ".join((count, *facts.notes)))
        for name, card in self._cards.items():
            card.set_difference(facts.differences.get(name))
        self._footer.setText(facts.footer)
        self._use.setToolTip(f"Predict with {facts.after_model} from now on")
        self._turn(self._structure)

    def set_use_enabled(self, enabled: bool, why: str = "") -> None:
        """Say whether the model after can be used, and if not why."""
        self._use.setEnabled(enabled)
        self._use.setToolTip("" if enabled else why)

    def facts(self) -> ComparisonFacts | None:
        """Return what is shown, for Export table."""
        return self._facts

    def _turn(self, structure: str) -> None:
        self._structure = structure
        self._cards[structure].setChecked(True)
        facts = self._facts
        if facts is None:
            return
        found = facts.differences.get(structure)
        self._p.setText(p_text(found.p if found else None))
        self._counts.setText(
            f"better {found.better} · equal {found.equal} · worse {found.worse}" if found else ""
        )
        cases = tuple(c for c in facts.cases if structure in c.before and structure in c.after)
        word = dict(STRUCTURES)[structure]
        self._plot.set_titles(
            f"{word} before, {facts.before_model}", f"{word} after, {facts.after_model}"
        )
        self._plot.set_cases(cases, structure)
        self._table.set_cases(cases, structure)

    def set_current(self, case: str) -> None:
        """Mark a case in plot and table, without a signal."""
        self._plot.set_current(case)
        self._table.set_current(case)

    def _choose(self, case: str) -> None:
        self.set_current(case)
        self.caseChosen.emit(case)

    def _fill(self, button: DropButton, models: tuple[str, ...], now: str, before: bool) -> None:
        button.clear_choices()
        button.setText(now)
        for name in models:
            action = button.add_choice(name)
            action.setChecked(name == now)
            action.triggered.connect(lambda _on, name=name: self._ask_models(name, before))
        button.updateGeometry()

    def _ask_models(self, name: str, before: bool) -> None:
        facts = self._facts
        if facts is not None:
            pair = (name, facts.after_model) if before else (facts.before_model, name)
            self.modelsChosen.emit(*pair)
