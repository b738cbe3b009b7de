"""Case rows as a Qt model; a change of one row repaints one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QModelIndex, QObject, Qt

from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.case_list.case_order import CaseFilter, SortKey, SortValue, sort_value
from kitsdesk.ui.parts.record_model import RecordModel

ROW_ROLE = RecordModel.record_role


class CaseModel(RecordModel[CaseRow]):
    """Shows the `CaseRow`s that its filter admits, in its order; `ROW_ROLE` gives the record.

    It sorts and filters by itself: 2,000 rows take some thousandths of a second, which a
    proxy model that asks Python for each comparison does not do in a tenth. Views keep
    selection and current row by id.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key: SortKey = "suspicion"
        self._filter = CaseFilter()
        self._rows: dict[str, CaseRow] = {}
        self._values: dict[str, SortValue] = {}
        self._place: dict[str, int] = {}

    @property
    def key(self) -> SortKey:
        """What the list is sorted by."""
        return self._key

    @property
    def case_filter(self) -> CaseFilter:
        """What the list is filtered by."""
        return self._filter

    @property
    def everything(self) -> tuple[CaseRow, ...]:
        """Return all rows, in no order, the filtered ones too."""
        return tuple(self._rows.values())

    def set_key(self, key: SortKey) -> None:
        """Sort by another value."""
        self._key = key
        self._measure()
        self._arrange()

    def set_filter(self, case_filter: CaseFilter) -> None:
        """Show only what the filter admits."""
        self._filter = case_filter
        self._arrange()

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Replace all rows."""
        self._rows = {row.case: row for row in rows}
        self._measure()
        self._arrange()

    def update_rows(self, rows: Iterable[CaseRow]) -> None:
        """Replace the rows with the same ids; ids not in the list are ignored."""
        moved = False
        for row in rows:
            if row.case not in self._rows:
                continue
            place, value = self.row_of(row.case), sort_value(row, self._key)
            moved |= value != self._values[row.case]
            moved |= self._filter.admits(row) != (place is not None)
            self._rows[row.case], self._values[row.case] = row, value
            if place is not None:
                self.replace_record(place, row)
        if moved:
            self._arrange()

    def row_of(self, case: str) -> int | None:
        """Return the place of a case, None where it is not shown."""
        return self._place.get(case)

    def _measure(self) -> None:
        self._values = {case: sort_value(row, self._key) for case, row in self._rows.items()}

    def _arrange(self) -> None:
        admits, values = self._filter.admits, self._values
        shown = [row for row in self._rows.values() if admits(row)]
        shown.sort(key=lambda row: values[row.case])
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        names = [self.record(index.row()).case for index in held]
        self._records = shown
        self._place = {row.case: place for place, row in enumerate(shown)}
        places = [self._place.get(name) for name in names]
        self.changePersistentIndexList(
            held, [QModelIndex() if at is None else self.index(at) for at in places]
        )
        self.layoutChanged.emit()

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
