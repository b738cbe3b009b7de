"""Plain records as a Qt list model: what every list of the window has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

Record = TypeVar("Record")


class RecordModel(QAbstractListModel, Generic[Record]):
    """One record per row under `record_role`; `words` says what else a row is called."""

    record_role: int = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []

    def set_records(self, records: Sequence[Record]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._records = list(records)
        self.endResetModel()

    def replace_record(self, place: int, record: Record) -> None:
        """Replace one row; only that one is painted again."""
        self._records[place] = record
        self.dataChanged.emit(self.index(place), self.index(place))

    def record(self, place: int) -> Record:
        """Return one row's record."""
        return self._records[place]

    def records(self) -> tuple[Record, ...]:
        """Return all records in their order."""
        return tuple(self._records)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's record, or its words for a role."""
        if not 0 <= index.row() < len(self._records):
            return None
        record = self._records[index.row()]
        return record if role == self.record_role else self.words(record, role)

    def words(self, record: Record, role: int) -> object:
        """Return what a role shows or speaks of a record; None for nothing."""
        return None
