"""Queue rows as a Qt model that filters by itself: 20,000 rows in some hundredths of a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QPixmap

from kitsdesk.review.queue_rows import QueueFilter, QueueRow
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.thumbnail_painting import colour_pixmap

Name = tuple[str, str]
QUEUE_ROLE = RecordModel.record_role
OPEN_ROLE = Qt.ItemDataRole.UserRole + 2
PICTURE_ROLE = Qt.ItemDataRole.UserRole + 3
_PART = part_sizes("queue_model")
PICTURE: int = _PART["picture"]
_KEPT_PICTURES = 800


class QueueModel(RecordModel[QueueRow]):
    """`picturesWanted(names)`: rows were painted whose pictures are not there yet."""

    picturesWanted = pyqtSignal(list)

    def __init__(self) -> None:
        super().__init__()
        self._all: list[QueueRow] = []
        self._filter = QueueFilter()
        self._names: list[Name] = []
        self._place: dict[Name, int] = {}
        self._open: Name | None = None
        self._pictures: dict[Name, QPixmap | None] = {}

    @property
    def row_filter(self) -> QueueFilter:
        """Return what is shown."""
        return self._filter

    @property
    def everything(self) -> list[QueueRow]:
        """Return all rows, the filtered ones too."""
        return self._all

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Replace all rows, which come in their order."""
        self._all = list(rows)
        self._names = [row.name for row in rows]
        self._refill()

    def set_filter(self, row_filter: QueueFilter) -> None:
        """Show only what the filter admits."""
        self._filter = row_filter
        self._refill()

    def update_row(self, row: QueueRow) -> None:
        """Replace one row. It stays in its place even where the filter no longer admits it,
        until the list is filled again: rows never jump under the pointer."""
        if row.name in self._names:
            self._all[self._names.index(row.name)] = row
        shown = self._place.get(row.name)
        if shown is not None:
            self.replace_record(shown, row)

    def place_of(self, name: Name | None) -> int | None:
        """Return where a row is shown, None where it is not."""
        return None if name is None else self._place.get(name)

    def set_open(self, name: Name | None) -> None:
        """Open one row, close the other."""
        old, self._open = self._open, name
        for changed in (old, name):
            place = self.place_of(changed)
            if place is not None:
                self.dataChanged.emit(self.index(place), self.index(place))

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]], side: int) -> None:
        """Keep these pictures at `side` px and paint their rows again."""
        for name, picture in pictures.items():
            self._pictures[name] = colour_pixmap(picture, side)
            place = self.place_of(name)
            if place is not None:
                self.dataChanged.emit(self.index(place), self.index(place))
        while len(self._pictures) > _KEPT_PICTURES:
            del self._pictures[next(iter(self._pictures))]

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a record, its picture, whether it is open, or its sentence."""
        if role == OPEN_ROLE and 0 <= index.row() < self.rowCount():
            return self.record(index.row()).name == self._open
        if role == PICTURE_ROLE and 0 <= index.row() < self.rowCount():
            return self._picture(self.record(index.row()).name)
        return super().data(index, role)

    def words(self, record: QueueRow, role: int) -> object:
        """Return the sentence, with the case and what became of it."""
        if role == Qt.ItemDataRole.ToolTipRole:
            return record.component.sentence
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in spoken:
            return None
        state = record.state or record.decision
        return f"{record.component.case}, {state}: {record.component.sentence}"

    def _picture(self, name: Name) -> QPixmap | None:
        if name not in self._pictures:
            self._pictures[name] = None
            self.picturesWanted.emit([name])
        return self._pictures[name]

    def _refill(self) -> None:
        admits = self._filter.admits
        named = [pair for pair in zip(self._all, self._names, strict=True) if admits(pair[0])]
        self._place = {name: place for place, (_row, name) in enumerate(named)}
        self.set_records([row for row, _name in named])
