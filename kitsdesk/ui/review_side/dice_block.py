"""Tumor Dice, kidney Dice and agreement as bars, and what stands behind them."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from kitsdesk.review.rows import ReviewFacts
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.parts.bars import Bar
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import number_label, section_label, text_label
from kitsdesk.ui.parts.wording import dice_text
from kitsdesk.ui.spacing import SPACE_4, SPACE_6, SPACE_8, SPACE_12
from kitsdesk.ui.style import restyle

_PART = part_sizes("dice_block")
LOW_DICE = 0.5
# The share of its track that a bar fills at least: a Dice of 0 is seen to be known.
LEAST_SHARE = 0.012
TONES = ("structure:2", "structure:1", "text_muted")


class DiceBlock(QWidget):
    """Amber only for the low Dice itself."""

    def __init__(self) -> None:
        super().__init__()
        self._head = section_label("")
        names = ("Tumor Dice", "Kidney Dice", "Agreement")
        tips = (
            "Dice of structure 2 (tumor)",
            "Dice of all foreground: kidney with tumor and cyst",
            "Mean pairwise Dice of the single predictions that count",
        )
        self._bars = tuple(Bar(control("progress_thick"), tone, LEAST_SHARE) for tone in TONES)
        self._values = tuple(number_label("–", "semibold") for _ in names)
        self._mark = IconLabel("mdi6.mirror", "")
        self._mark.label.setWordWrap(True)
        self._told: tuple[str, ...] = ()
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(SPACE_4)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_12)
        grid.setVerticalSpacing(SPACE_8)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(names):
            label = text_label(name)
            label.setToolTip(tips[row])
            label.setMinimumWidth(_PART["name_width"])
            grid.addWidget(label, row, 0)
            grid.addWidget(self._bars[row], row, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._values[row], row, 2)
            self._values[row].setMinimumWidth(_PART["value_width"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_6)
        column.addWidget(self._head)
        column.addLayout(grid)
        column.addWidget(self._mark)
        column.addLayout(self._reasons)

    def set_facts(self, facts: ReviewFacts) -> None:
        """Show the values of a case; "–" where not known."""
        self._head.setText(facts.against)
        values = (facts.tumor_dice, facts.kidney_dice, facts.agreement)
        for place, value in enumerate(values):
            low = place < 2 and value is not None and value < LOW_DICE
            self._bars[place].set_value(value, "warning" if low else TONES[place])
            self._values[place].setText(dice_text(value))
            restyle(self._values[place], tone="warning" if low else "")
        self._mark.setVisible(bool(facts.mark))
        icon = "mdi6.mirror" if "mirror" in facts.mark else "ph.info"
        self._mark.show_state(icon, "text_muted", facts.mark)
        self._show_reasons(facts.reasons)

    def _show_reasons(self, reasons: tuple[str, ...]) -> None:
        if reasons == self._told:
            return
        self._told = reasons
        while self._reasons.count():
            item = self._reasons.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for reason in reasons:
            line = IconLabel("ph.warning-circle", reason)
            line.label.setWordWrap(True)
            self._reasons.addWidget(line)
