"""The table of a comparison: both Dice of every case, the worst regression first."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.contract.jsonfile import write_json
from trainer.evaluation.dice import EmptyPolicy
from trainer.evaluation.paired_statistics import METHODS, PairedDifference, paired_difference
from trainer.evaluation.score_table import ScoreRow, without_nan, write_csv

COMPARED: tuple[str, ...] = ("kidney_dice", "tumor_dice", "composite_dice")


@dataclass(frozen=True)
class Comparison:
    """`lines` hold one case each with before, after and difference of every Dice; `empty` is
    the policy for masks that are both empty."""

    lines: tuple[dict[str, Any], ...]
    overall: dict[str, PairedDifference]
    empty: EmptyPolicy = "one"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of a line's values, in order."""
        names = [f"{part}_{name}" for name in COMPARED for part in ("before", "after", "change")]
        return ("case", *names)


def compare_rows(
    before: dict[str, ScoreRow], after: dict[str, ScoreRow], empty: EmptyPolicy = "one"
) -> Comparison:
    """Compare two evaluations, made with the policy `empty`, on the cases that are in both.

    Lines come with the worst regression of the composite first, ties by id; a case that has
    no composite comes last.
    A Dice that no case has in both (all masks empty, policy "nan") has no overall.
    """
    cases = sorted(set(before) & set(after))
    lines = [_line(case, before[case], after[case]) for case in cases]
    overall = {}
    for name in COMPARED:
        old = np.array([getattr(before[case], name) for case in cases], np.float64)
        new = np.array([getattr(after[case], name) for case in cases], np.float64)
        if not np.all(np.isnan(old + new)):
            overall[name] = paired_difference(old, new)
    lines.sort(key=_worst_first)
    return Comparison(tuple(lines), overall, empty)


def _worst_first(line: dict[str, Any]) -> tuple[float, str]:
    change = float(line["change_composite_dice"])
    return (math.inf if math.isnan(change) else change, str(line["case"]))


def _line(case: str, before: ScoreRow, after: ScoreRow) -> dict[str, Any]:
    line: dict[str, Any] = {"case": case}
    for name in COMPARED:
        old, new = float(getattr(before, name)), float(getattr(after, name))
        line |= {f"before_{name}": old, f"after_{name}": new, f"change_{name}": new - old}
    return line


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON values; NaN becomes null."""
    return {
        "empty": comparison.empty,
        "methods": METHODS,
        "cases": [without_nan(line) for line in comparison.lines],
        "overall": {name: asdict(difference) for name, difference in comparison.overall.items()},
    }


def write_comparison(path: Path, comparison: Comparison) -> None:
    """Write the comparison to `path`, as JSON where it ends so, else as CSV: a line per case,
    then n, means, the interval of the mean change and Wilcoxon's p."""
    if path.suffix == ".json":
        write_json(path, comparison_as_json(comparison))
        return
    lines = [*comparison.lines, *_summary_lines(comparison)]
    named = [line | {"empty": comparison.empty} for line in lines]
    write_csv(path, (*comparison.columns, "empty"), named)


def _summary_lines(comparison: Comparison) -> list[dict[str, Any]]:
    names = ("n", "mean", "low", "high", "p_value")
    lines: dict[str, dict[str, Any]] = {name: {"case": name} for name in names}
    for name, found in comparison.overall.items():
        lines["mean"] |= {f"before_{name}": found.mean_before, f"after_{name}": found.mean_after}
        changes = (found.n, found.mean_difference, found.low, found.high, found.p_value)
        for line, value in zip(lines.values(), changes, strict=True):
            line[f"change_{name}"] = value
    return list(lines.values())
