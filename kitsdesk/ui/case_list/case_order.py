"""Which cases are shown, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, QObject, QSortFilterProxyModel

from kitsdesk.review.rows import CaseRow
from kitsdesk.review.suspicion import order_key
from kitsdesk.ui.case_list.case_model import ROW_ROLE, CaseModel
from trainer.contract.export_manifest import Decision

SortKey = Literal[
    "suspicion",
    "tumor Dice",
    "kidney Dice",
    "agreement",
    "misfit",
    "chance of a fault",
    "id",
    "decision",
]
SORT_KEYS: tuple[SortKey, ...] = (
    "suspicion",
    "tumor Dice",
    "kidney Dice",
    "agreement",
    "misfit",
    "chance of a fault",
    "decision",
    "id",
)
_LAST = float("inf")


@dataclass(frozen=True)
class CaseFilter:
    """What a row must have to be shown; `text` matches the id, a chip or the decision."""

    text: str = ""
    decisions: frozenset[Decision] = field(default_factory=frozenset)
    unsaved_only: bool = False
    with_prediction_only: bool = False

    def admits(self, row: CaseRow) -> bool:
        """Return whether the row is shown."""
        if self.decisions and row.decision not in self.decisions:
            return False
        if self.unsaved_only and not row.unsaved:
            return False
        if self.with_prediction_only and not row.has_prediction:
            return False
        words = " ".join([row.case, row.decision, *(chip.text for chip in row.chips)]).lower()
        return all(word in words for word in self.text.lower().split())


def sort_value(row: CaseRow, key: SortKey) -> tuple[float | str, ...]:
    """Return the ascending sort value: most suspicious first, ties by larger disagreeing
    volume (tumor Dice: by the mean of tumor and kidney Dice), then id; rows without the value
    come last."""
    ties = (-row.disagreeing_ml, row.case)
    values: dict[SortKey, float | None] = {
        "kidney Dice": row.kidney_dice,
        "agreement": row.agreement,
    }
    if key == "id":
        return (0.0, 0.0, row.case)
    if key == "decision":
        order = ("unreviewed", "deferred", "kept", "corrected", "replaced", "excluded")
        return (order.index(row.decision), *ties)
    if key == "chance of a fault":
        return (_LAST if row.fault is None else -row.fault, *ties)
    if key == "misfit":
        return (_LAST if row.misfit is None else -row.misfit, *ties)
    if key == "tumor Dice":
        # As `kitsdesk-trainer evaluate` sorts its table: ties by composite Dice, then id.
        if row.tumor_dice is None:
            return (_LAST, _LAST, row.case)
        return (row.tumor_dice, (row.tumor_dice + (row.kidney_dice or 0.0)) / 2, row.case)
    if key == "suspicion":
        return order_key(row.case, row.suspicion, row.misfit, row.disagreeing_ml)
    value = values[key]
    return (_LAST if value is None else value, *ties)


class CaseOrder(QSortFilterProxyModel):
    """Filters and sorts `CaseModel`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key: SortKey = "suspicion"
        self._filter = CaseFilter()
        # Sorting 2,000 rows compares 22,000 times: what is compared is made once per row.
        self._values: list[tuple[float | str, ...]] = []
        self.setDynamicSortFilter(True)
        self.sort(0)

    @property
    def key(self) -> SortKey:
        """What the list is sorted by."""
        return self._key

    @property
    def case_filter(self) -> CaseFilter:
        """What the list is filtered by."""
        return self._filter

    def set_key(self, key: SortKey) -> None:
        """Sort by another value."""
        self._key = key
        self._measure()
        self.invalidate()

    def set_filter(self, case_filter: CaseFilter) -> None:
        """Show only what the filter admits."""
        self._filter = case_filter
        self.invalidateFilter()

    def setSourceModel(self, model: QAbstractItemModel | None) -> None:
        """Follow a `CaseModel`; its news arrive here before the rows are sorted by them."""
        if isinstance(model, CaseModel):
            model.modelReset.connect(self._measure)
            model.dataChanged.connect(self._measure_some)
        super().setSourceModel(model)
        self._measure()

    def _measure(self) -> None:
        model = self.sourceModel()
        rows = model.records() if isinstance(model, CaseModel) else ()
        self._values = [sort_value(row, self._key) for row in rows]

    def _measure_some(self, first: QModelIndex, last: QModelIndex) -> None:
        model = self.sourceModel()
        if isinstance(model, CaseModel):
            for place in range(first.row(), last.row() + 1):
                self._values[place] = sort_value(model.record(place), self._key)

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex) -> bool:
        """Return whether the filter admits the row."""
        model = self.sourceModel()
        if model is None:
            return False
        row = model.index(source_row, 0, source_parent).data(ROW_ROLE)
        return isinstance(row, CaseRow) and self._filter.admits(row)

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Compare two rows by the chosen key."""
        return self._values[left.row()] < self._values[right.row()]
