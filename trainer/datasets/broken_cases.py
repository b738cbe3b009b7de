"""Cases that cannot be trained on, said together and by name, before training starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.contract.errors import KitsDeskError

NAMED = 10


@dataclass(frozen=True)
class BrokenCase:
    """One case and why it cannot be trained on, a sentence part without a full stop."""

    case: str
    reason: str


class BrokenTrainingSet(KitsDeskError):
    """Some cases of a data set cannot be trained on; `cases` holds all of them."""

    def __init__(self, cases: Sequence[BrokenCase], total: int) -> None:
        named = "; ".join(f"{broken.case}: {broken.reason}" for broken in cases[:NAMED])
        more = f"; and {len(cases) - NAMED} more" if len(cases) > NAMED else ""
        super().__init__(
            f"{len(cases)} of {total} cases cannot be trained on: {named}{more}.",
            kept="Training has not begun, no file was changed, and what was prepared of the "
            "other cases is kept.",
            advice="Correct these cases or take them out of the data set, then start again.",
        )
        self.cases = tuple(cases)


def require_none_broken(cases: Sequence[BrokenCase], total: int) -> None:
    """Raise BrokenTrainingSet, the cases sorted by id, where there are any."""
    if cases:
        raise BrokenTrainingSet(sorted(cases, key=lambda broken: broken.case), total)


def reason_of(error: KitsDeskError) -> str:
    """Return what happened as a sentence part."""
    return error.happened.rstrip(".")
