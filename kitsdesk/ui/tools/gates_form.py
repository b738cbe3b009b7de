"""The gates: where tools may change the mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from kitsdesk.editing.gates import Gates
from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.parts.labels import number_label, text_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.switch import Switch
from kitsdesk.ui.parts.wording import number_text
from kitsdesk.ui.spacing import SPACE_2, SPACE_4, SPACE_6, SPACE_8, SPACE_10
from kitsdesk.ui.style import restyle
from kitsdesk.ui.tools.hu_range import HuRange
from trainer.contract.structures import STRUCTURE_NAMES


class OverChip(QToolButton):
    """A structure that may be painted over."""

    def __init__(self, structure: int) -> None:
        super().__init__()
        self.setText(STRUCTURE_NAMES[structure])
        self.setCheckable(True)
        self.setAccessibleName(f"Only over {STRUCTURE_NAMES[structure]}")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(icon_size("caption"), icon_size("caption")))
        self.toggled.connect(self._show_mark)
        restyle(self, kind="chip")
        self._show_mark(False)

    def _show_mark(self, on: bool) -> None:
        self.setIcon(glyph("ph.check" if on else "ph.plus", "text" if on else "text_muted"))


class GatesForm(QWidget):
    """`gatesChanged(Gates)`, without the locks: those are the structure row's."""

    gatesChanged = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._hu_switch = Switch("Only inside HU")
        self._hu_value = number_label("10 to 90", "medium")
        self._hu = HuRange()
        self._over_switch = Switch("Only over")
        self._over = {value: OverChip(value) for value in STRUCTURE_NAMES}
        self._votes_switch = Switch("Only where folds agree")
        self._votes = Segments([(str(n), str(n)) for n in range(1, 6)], small=True)
        self._votes.set_chosen("3")
        self._votes_row = QWidget()
        self._over_chips = QWidget()
        self._lay_out()
        self._over[0].setChecked(True)
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        hu = QHBoxLayout()
        hu.setSpacing(SPACE_10)
        hu.addWidget(self._hu_switch)
        hu.addWidget(text_label("Only inside HU"), 1)
        hu.addWidget(self._hu_value)
        over = QHBoxLayout()
        over.setSpacing(SPACE_4)
        over.addWidget(self._over_switch)
        over.addSpacing(SPACE_6)
        over.addWidget(text_label("Only over"))
        over.addStretch(1)
        chips = QHBoxLayout(self._over_chips)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(SPACE_4)
        for chip in self._over.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        votes = QHBoxLayout(self._votes_row)
        votes.setContentsMargins(0, 0, 0, 0)
        votes.setSpacing(SPACE_2)
        votes.addWidget(self._votes_switch)
        votes.addWidget(text_label("Only where at least"))
        votes.addWidget(self._votes)
        votes.addWidget(text_label("folds agree"))
        votes.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addLayout(hu)
        column.addWidget(self._hu)
        column.addLayout(over)
        column.addWidget(self._over_chips)
        column.addWidget(self._votes_row)

    def _connect(self) -> None:
        for switch in (self._hu_switch, self._over_switch, self._votes_switch):
            switch.toggled.connect(self._changed)
        self._hu.rangeChanged.connect(self._changed)
        self._votes.chosen.connect(self._changed)
        for chip in self._over.values():
            chip.toggled.connect(self._changed)

    def _changed(self, *_values: object) -> None:
        self._refresh()
        self.gatesChanged.emit(self.gates())

    def _refresh(self) -> None:
        low, high = self._hu.hu_range()
        self._hu_value.setText(f"{number_text(low)} to {number_text(high)}")
        self._hu.setVisible(self._hu_switch.isChecked())
        self._hu_value.setVisible(self._hu_switch.isChecked())
        self._votes.setEnabled(self._votes_switch.isChecked())
        self._over_chips.setVisible(self._over_switch.isChecked())

    def gates(self) -> Gates:
        """Return what is set."""
        over = frozenset(value for value, chip in self._over.items() if chip.isChecked())
        return Gates(
            hu_range=self._hu.hu_range() if self._hu_switch.isChecked() else None,
            only_over=over if self._over_switch.isChecked() else None,
            votes_at_least=int(self._votes.current()) if self._votes_switch.isChecked() else None,
        )

    def set_gates(self, gates: Gates) -> None:
        """Show these gates, without a signal."""
        blocked = self.blockSignals(True)
        self._hu_switch.setChecked(gates.hu_range is not None)
        if gates.hu_range is not None:
            self._hu.set_range(*gates.hu_range)
        self._over_switch.setChecked(gates.only_over is not None)
        if gates.only_over is not None:
            for value, chip in self._over.items():
                chip.setChecked(value in gates.only_over)
        self._votes_switch.setChecked(gates.votes_at_least is not None)
        self._votes.set_chosen(str(gates.votes_at_least or self._votes.current()))
        self._refresh()
        self.blockSignals(blocked)

    def set_histogram(self, counts: NDArray[Any], low: float, high: float) -> None:
        """Show how often each HU occurs between low and high."""
        self._hu.set_histogram(counts, low, high)
        self._refresh()

    def set_structures(self, values: Sequence[int]) -> None:
        """Offer only these structures to paint over."""
        for value, chip in self._over.items():
            chip.setVisible(value in values)

    def set_members(self, folds: int) -> None:
        """Offer 1 to `folds` votes; with none the vote gate is not shown."""
        self._votes_row.setVisible(folds > 1)
        if folds <= 1 and self._votes_switch.isChecked():
            self._votes_switch.setChecked(False)
        for number in range(1, 6):
            self._votes.button(str(number)).setVisible(number <= folds)
