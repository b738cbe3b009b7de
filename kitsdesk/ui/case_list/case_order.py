"""Which cases are shown, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kitsdesk.review.rows import CaseRow
from kitsdesk.review.suspicion import order_key
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
SortValue = tuple[float | str, ...]
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
        wanted = self.text.lower().split()
        if not wanted:
            return True
        words = " ".join([row.case, row.decision, *(chip.text for chip in row.chips)]).lower()
        return all(word in words for word in wanted)


def sort_value(row: CaseRow, key: SortKey) -> SortValue:
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
