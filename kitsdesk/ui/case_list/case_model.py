"""Case rows as a Qt model; a change of one row repaints one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from kitsdesk.review.rows import CaseRow

ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class CaseModel(QAbstractListModel):
    """Holds `CaseRow`s in any order; `ROW_ROLE` gives the record."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[CaseRow] = []
        self._place: dict[str, int] = {}

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Replace all rows; keeps the views' selection where ids and order are the same."""
        same = [row.case for row in rows] == [row.case for row in self._rows]
        if same:
            self.update_rows(rows)
            return
        self.beginResetModel()
        self._rows = list(rows)
        self._place = {row.case: index for index, row in enumerate(self._rows)}
        self.endResetModel()

    def update_rows(self, rows: Iterable[CaseRow]) -> None:
        """Replace the rows with the same ids; ids not in the list are ignored."""
        for row in rows:
            place = self._place.get(row.case)
            if place is not None:
                self._rows[place] = row
                index = self.index(place)
                self.dataChanged.emit(index, index)

    def row_of(self, case: str) -> int | None:
        """Return the place of a case, None where it is not in the list."""
        return self._place.get(case)

    def rows(self) -> tuple[CaseRow, ...]:
        """Return all rows."""
        return tuple(self._rows)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of cases."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's record, its id, or its words for a screen reader."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.case
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem or "\n".join(chip.why for chip in row.chips if chip.why) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        return None


def spoken(row: CaseRow) -> str:
    """Return a row as one sentence."""
    parts = [row.case, row.decision, *(chip.why or chip.text for chip in row.chips)]
    if row.tumor_dice is not None:
        parts.append(f"tumor Dice {row.tumor_dice:.2f}")
    if row.unsaved:
        parts.append("unsaved edits")
    return ", ".join(parts)
