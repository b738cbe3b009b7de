"""What Compare models… shows: paired values of two models on cases held out in both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

from trainer.contract.export_manifest import Decision

Against = Literal["reference", "curated"]


@dataclass(frozen=True)
class ComparedCase:
    """One case: Dice before and after, for "tumor" and "kidney"."""

    case: str
    decision: Decision
    before: dict[str, float]
    after: dict[str, float]
    thumbnail: NDArray[Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PairedDifference:
    """Means and the paired 95 % bootstrap interval of after − before; p by Wilcoxon
    (None where it cannot be computed)."""

    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float | None
    better: int
    equal: int
    worse: int


@dataclass(frozen=True)
class ComparisonFacts:
    """One comparison, ready to show; `notes` are sentences for the line under the title."""

    before_model: str
    after_model: str
    models: tuple[str, ...]
    against: Against
    cases: tuple[ComparedCase, ...]
    differences: dict[str, PairedDifference]
    notes: tuple[str, ...] = ()
    footer: str = ""


def comparison_csv(facts: ComparisonFacts) -> str:
    """Return the cases as CSV: Dice before, after and their difference, per structure."""
    columns = ("kidney", "tumor")
    head = ["case", "decision"]
    head += [f"{name}_{part}" for name in columns for part in ("before", "after", "difference")]
    lines = [",".join(head)]
    for case in facts.cases:
        values = [case.case, case.decision]
        for name in columns:
            before, after = case.before[name], case.after[name]
            values += [f"{before:.4f}", f"{after:.4f}", f"{after - before:.4f}"]
        lines.append(",".join(values))
    return "\n".join(lines) + "\n"
