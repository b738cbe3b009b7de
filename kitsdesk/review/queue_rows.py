"""The disagreements of all cases as one queue: what a row shows, and which rows are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitsdesk.review.progress import OPEN
from trainer.contract.export_manifest import Decision
from trainer.contract.structures import Structure

if TYPE_CHECKING:
    from kitsdesk.review.components import Component

Part = Literal["all", "tumor", "kidney", "boundary"]
Direction = Literal["both", "prediction", "reference"]
State = Literal["", "taken", "kept", "painted"]


@dataclass(frozen=True)
class QueueRow:
    """One disagreement of one case; `reasons` are the words of the case's chips."""

    component: Component
    state: State = ""
    decision: Decision = "unreviewed"
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """Return (case, key)."""
        return self.component.case, self.component.key

    @property
    def waits(self) -> bool:
        """Return whether nobody settled it, in a case that nobody decided on."""
        return not self.state and self.decision in OPEN


@dataclass(frozen=True)
class QueueFilter:
    """Which rows are shown. Boundary differences only where they are asked for: each is all
    thin differences of its case, and would come before every tumor."""

    part: Part = "all"
    direction: Direction = "both"
    reason: str = ""
    waiting_only: bool = True

    def admits(self, row: QueueRow) -> bool:
        """Return whether a row is shown."""
        found = row.component
        if found.boundary != (self.part == "boundary"):
            return False
        if self.part in ("tumor", "kidney"):
            wanted = Structure.TUMOR if self.part == "tumor" else Structure.KIDNEY
            if found.structure != wanted:
                return False
        one_way = self.direction != "both" and not found.boundary
        if one_way and found.prediction_only != (self.direction == "prediction"):
            return False
        if self.reason and self.reason not in row.reasons:
            return False
        return row.waits or not self.waiting_only


def in_order(rows: Sequence[QueueRow]) -> list[QueueRow]:
    """Return the rows, the largest first; ties by case, then place in its list."""
    return sorted(
        rows, key=lambda row: (-row.component.ml, row.component.case, row.component.place)
    )


def reasons_among(rows: Sequence[QueueRow]) -> list[str]:
    """Return every reason that a row has, in alphabetical order."""
    return sorted({reason for row in rows for reason in row.reasons})
