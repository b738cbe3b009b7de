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
