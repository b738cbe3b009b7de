"""The left of the sheet: what changed since the last export, and cases per fold."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.retrain_facts import FoldSize, RetrainFacts
from kitsdesk.ui.design_tokens import icon_size, part_sizes
from kitsdesk.ui.icons import DECISION_ICONS
from kitsdesk.ui.parts.bars import PartsBar
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import number_label, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.legend_square import LegendSquare
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_10, SPACE_16, SPACE_20, SPACE_24
from trainer.contract.export_manifest import Decision

_PART = part_sizes("changes_column")
_NUMBER_WIDTH: int = _PART["number_width"]
WORDS: dict[Decision, str] = {
    "corrected": "corrected",
    "replaced": "replaced by the prediction",
    "excluded": "excluded",
    "kept": "kept",
    "deferred": "deferred",
    "unreviewed": "back to unreviewed",
}


def emptied(layout: QVBoxLayout) -> QVBoxLayout:
    """Return the layout without its widgets."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    return layout


class ChangesColumn(QWidget):
    """Built anew each time the sheet opens."""

    def __init__(self) -> None:
        super().__init__()
        self._head = section_label("")
        self._changes = QVBoxLayout()
        self._changes.setSpacing(0)
        self._folds = QVBoxLayout()
        self._folds.setSpacing(0)
        self._note = wrapped_label("", "small", "muted")
        legend = QHBoxLayout()
        legend.setSpacing(SPACE_6)
        for role, word in (("accent", "reviewed"), ("border_strong", "unreviewed or deferred")):
            legend.addWidget(LegendSquare(role))
            legend.addWidget(text_label(word, "caption", "muted"))
            legend.addSpacing(SPACE_6)
        legend.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_16, SPACE_20, SPACE_16)
        column.setSpacing(SPACE_8)
        column.addWidget(self._head)
        column.addLayout(self._changes)
        column.addSpacing(SPACE_10)
        column.addWidget(section_label("Cases per fold"))
        column.addLayout(self._folds)
        column.addLayout(legend)
        column.addWidget(self._note)
        column.addStretch(1)

    def set_facts(self, facts: RetrainFacts) -> None:
        """Show the numbers of the sheet."""
        since = f"Changed since the {facts.last_export}" if facts.last_export else "Decisions"
        self._head.setText(since)
        emptied(self._changes).addWidget(_changes(facts.changed))
        emptied(self._folds).addWidget(_folds(facts.folds))
        self._note.setText(facts.unreviewed_note)


def _changes(changed: dict[str, int]) -> QWidget:
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE_10)
    grid.setVerticalSpacing(SPACE_10)
    grid.setColumnStretch(2, 1)
    order: tuple[Decision, ...] = (
        "corrected",
        "replaced",
        "excluded",
        "kept",
        "deferred",
        "unreviewed",
    )
    shown = [name for name in order if changed.get(name)]
    for row, name in enumerate(shown):
        icon, role = DECISION_ICONS[name]
        grid.addWidget(Glyph(icon, role, icon_size("base")), row, 0)
        grid.addWidget(number_label(str(changed[name]), "semibold"), row, 1)
        grid.addWidget(text_label(WORDS[name]), row, 2)
        grid.setColumnMinimumWidth(1, _NUMBER_WIDTH)
    if not shown:
        grid.addWidget(text_label("nothing", "base", "muted"), 0, 0)
    return widget


def _folds(folds: tuple[FoldSize, ...]) -> QWidget:
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE_8)
    grid.setVerticalSpacing(_PART["fold_gap"])
    grid.setColumnStretch(1, 1)
    most = max((fold.reviewed + fold.unreviewed for fold in folds), default=1) or 1
    for row, fold in enumerate(folds):
        bar = PartsBar()
        bar.set_parts(fold.reviewed / most, fold.unreviewed / most)
        label = text_label(f"fold {fold.fold}")
        grid.addWidget(label, row, 0)
        grid.addWidget(bar, row, 1, Qt.AlignmentFlag.AlignVCenter)
        value = number_label(str(fold.reviewed + fold.unreviewed), "medium")
        value.setMinimumWidth(_NUMBER_WIDTH)
        value.setToolTip(f"{fold.reviewed} reviewed, {fold.unreviewed} not")
        grid.addWidget(value, row, 2)
    return widget
