"""How far the review of a project is, and which case comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.contract.export_manifest import DECISIONS, Decision

OPEN: frozenset[Decision] = frozenset({"unreviewed", "deferred"})


@dataclass(frozen=True)
class Progress:
    """Cases per decision. Deferred cases are not reviewed: somebody wants to come back."""

    counts: dict[Decision, int]

    @property
    def total(self) -> int:
        """Return the number of cases."""
        return sum(self.counts.values())

    @property
    def reviewed(self) -> int:
        """Return the number of cases that are settled."""
        return sum(count for decision, count in self.counts.items() if decision not in OPEN)

    @property
    def percent(self) -> int:
        """Return the settled share in whole percent, 100 only when every case is settled."""
        return 100 * self.reviewed // self.total if self.total else 0


def progress(decisions: Mapping[str, Decision]) -> Progress:
    """Return the progress of a project from its cases' current decisions."""
    counted = Counter(decisions.values())
    return Progress({decision: counted[decision] for decision in DECISIONS})


def next_unreviewed(
    order: Sequence[str], decisions: Mapping[str, Decision], after: str | None = None
) -> str | None:
    """Return the first unreviewed case of `order` behind `after`, else from its beginning.

    None where no other case is unreviewed. A case without a decision is unreviewed.
    """
    start = order.index(after) + 1 if after in order else 0
    for case in (*order[start:], *order[:start]):
        if case != after and decisions.get(case, "unreviewed") == "unreviewed":
            return case
    return None
