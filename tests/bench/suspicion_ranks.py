"""Where the faulty cases of one project stand: by suspicion, misfit and memorisation."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.suspicion import Suspicion, rank

FIRST = 5
_HEAD = (
    "| seed | case | fault | kidney Dice to truth | tumor Dice to truth | suspicion | rank | "
    "agreement | misfit | misfit rank | memorisation rank |\n|" + "---|" * 11
)


@dataclass(frozen=True)
class FaultyCase:
    """One faulty case; ranks begin at 1. What is not known is None."""

    case: str
    kind: str
    kidney_dice: float
    tumor_dice: float
    suspicion: float | None
    rank: int
    agreement: float | None
    misfit: float | None
    misfit_rank: int | None
    memorisation_rank: int | None


@dataclass(frozen=True)
class SeedResult:
    """One project. `highest_right` is the highest suspicion of a right mask; `heldout` the
    mean Dice of the held-out masks to the project's own (faulty ones included)."""

    seed: int
    cases: int
    faults: tuple[FaultyCase, ...]
    highest_right: float | None
    heldout: dict[str, float]

    def within(self, measure: str) -> int:
        """Return how many faults are among the first five by `measure`, a field's name."""
        ranks = [getattr(fault, measure) for fault in self.faults]
        return sum(place is not None and place <= FIRST for place in ranks)

    def rows(self) -> list[str]:
        """Return a row per fault."""
        return [
            f"| {self.seed} | {fault.case} | {fault.kind} | {fault.kidney_dice:.2f} | "
            f"{fault.tumor_dice:.2f} | {_number(fault.suspicion)} | {fault.rank} | "
            f"{_number(fault.agreement)} | {_number(fault.misfit)} | {_place(fault.misfit_rank)} "
            f"| {_place(fault.memorisation_rank)} |"
            for fault in sorted(self.faults, key=lambda fault: fault.rank)
        ]

    def table(self) -> str:
        """Return this seed's rows with the head of the table."""
        return "\n".join([_HEAD, *self.rows(), self.summary()])

    def summary(self) -> str:
        """Return one sentence."""
        total = len(self.faults)
        return (
            f"Seed {self.seed}: within the first {FIRST} of {self.cases}: {self.within('rank')} of "
            f"{total} by suspicion, {self.within('misfit_rank')} by misfit, "
            f"{self.within('memorisation_rank')} by memorisation; highest suspicion of a right "
            f"mask {_number(self.highest_right)}; held-out Dice kidney "
            f"{_number(self.heldout.get('kidney'))}, tumor {_number(self.heldout.get('tumor'))}."
        )

    def as_json(self) -> dict[str, Any]:
        """Return all of it."""
        return asdict(self)


def seed_result(workspace: Workspace, seed: int, phantoms: Path, run: Path) -> SeedResult:
    """Return where the faults of `phantoms`/faults.json stand in a project."""
    scores = CaseScores(workspace)
    found = {record.case: scores.score(record.case).suspicion for record in workspace.cases()}
    order = rank(found.items())
    misfits = sorted(
        (case for case in found if found[case].misfit is not None),
        key=lambda case: (-(found[case].misfit or 0.0), case),
    )
    remembered = _memorisation(run)
    faults = json.loads((phantoms / "faults.json").read_text(encoding="utf-8"))
    wrong = {fault["case"] for fault in faults}
    values = [found[case].value for case in found if case not in wrong]
    right = [value for value in values if value is not None]
    return SeedResult(
        seed=seed,
        cases=len(found),
        faults=tuple(
            _faulty(fault, found[fault["case"]], order, misfits, remembered) for fault in faults
        ),
        highest_right=max(right, default=None),
        heldout=_heldout(run),
    )


def _faulty(
    fault: dict[str, Any],
    found: Suspicion,
    order: list[str],
    misfits: list[str],
    remembered: dict[str, int],
) -> FaultyCase:
    case = fault["case"]
    return FaultyCase(
        case=case,
        kind=fault["kind"],
        kidney_dice=fault["kidney_dice"],
        tumor_dice=fault["tumor_dice"],
        suspicion=found.value,
        rank=order.index(case) + 1,
        agreement=found.agreement,
        misfit=found.misfit,
        misfit_rank=misfits.index(case) + 1 if case in misfits else None,
        memorisation_rank=remembered.get(case),
    )


def _memorisation(run: Path) -> dict[str, int]:
    """Return each case's place in the run's memorisation table, empty without one."""
    path = run / "memorisation.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {line["case"]: int(line["rank"]) for line in csv.DictReader(file)}


def _heldout(run: Path) -> dict[str, float]:
    table = json.loads((run / "table1.json").read_text(encoding="utf-8"))
    mean = table["rows"][-1]["mean"]
    return {name: mean[f"{name}_dice"] for name in ("kidney", "tumor")}


def as_markdown(results: list[SeedResult]) -> str:
    """Return the table of all seeds and what it comes to."""
    rows = [row for result in results for row in result.rows()]
    hits = sum(result.within("rank") == len(result.faults) for result in results)
    total = (
        f"All faults within the first {FIRST} by suspicion in {hits} of {len(results)} projects."
    )
    return "\n".join([_HEAD, *rows, "", *(result.summary() for result in results), "", total, ""])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _place(value: int | None) -> str:
    return "–" if value is None else str(value)
