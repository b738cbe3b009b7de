"""Case rows as a Qt model; a change of one row repaints one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QObject, Qt

from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.parts.record_model import RecordModel

ROW_ROLE = RecordModel.record_role


class CaseModel(RecordModel[CaseRow]):
    """Holds `CaseRow`s in any order; `ROW_ROLE` gives the record."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place: dict[str, int] = {}

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Replace all rows; keeps the views' selection where ids and order are the same."""
        if [row.case for row in rows] == [row.case for row in self.records()]:
            self.update_rows(rows)
            return
        self._place = {row.case: index for index, row in enumerate(rows)}
        self.set_records(rows)

    def update_rows(self, rows: Iterable[CaseRow]) -> None:
        """Replace the rows with the same ids; ids not in the list are ignored."""
        for row in rows:
            place = self.row_of(row.case)
            if place is not None:
                self.replace_record(place, row)

    def row_of(self, case: str) -> int | None:
        """Return the place of a case, None where it is not in the list."""
        return self._place.get(case)

    def words(self, record: CaseRow, role: int) -> object:
        """Return a row's id, why it is there, or its words for a screen reader."""
        if role == Qt.ItemDataRole.DisplayRole:
            return record.case
        if role == Qt.ItemDataRole.ToolTipRole:
            told = [chip.why for chip in record.chips if chip.why]
            told += [fault_sentence(record)] if record.fault is not None else []
            reasons = "\n".join(told)
            return record.problem or reasons or None
        return spoken(record) if role == Qt.ItemDataRole.AccessibleTextRole else None


def fault_text(row: CaseRow) -> str:
    """Return the chance of a fault as a row shows it, "" where it is not known or settled."""
    if row.fault is None or row.decision not in ("unreviewed", "deferred"):
        return ""
    return "fault < 1 %" if row.fault < 0.01 else f"fault {100 * row.fault:.0f} %"


def fault_sentence(row: CaseRow) -> str:
    """Return the chance of a fault in a sentence."""
    percent = "less than 1 %" if (row.fault or 0) < 0.01 else f"{100 * (row.fault or 0):.0f} %"
    if row.decision in ("corrected", "replaced", "excluded"):
        return "Its mask was found wrong"
    if row.decision == "kept":
        return f"Kept: the chance that a fault was missed is {percent}"
    return f"The chance that its mask is wrong is {percent}, by your decisions so far"


def spoken(row: CaseRow) -> str:
    """Return a row as one sentence."""
    parts = [row.case, row.decision, *(chip.why or chip.text for chip in row.chips)]
    if row.tumor_dice is not None:
        parts.append(f"tumor Dice {row.tumor_dice:.2f}")
    if row.fault is not None:
        parts.append(fault_sentence(row))
    if row.unsaved:
        parts.append("unsaved edits")
    return ", ".join(parts)
