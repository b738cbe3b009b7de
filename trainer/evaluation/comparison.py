"""The table of a comparison: both Dice of every case, the worst regression first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.contract.jsonfile import write_json
from trainer.evaluation.paired_statistics import PairedDifference, paired_difference
from trainer.evaluation.score_table import ScoreRow, write_csv

COMPARED: tuple[str, ...] = ("kidney_dice", "tumor_dice", "composite_dice")


@dataclass(frozen=True)
class Comparison:
    """`lines` hold one case each with before, after and difference of every Dice."""

    lines: tuple[dict[str, Any], ...]
    overall: dict[str, PairedDifference]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of a line's values, in order."""
        names = [f"{part}_{name}" for name in COMPARED for part in ("before", "after", "change")]
        return ("case", *names)


def compare_rows(before: dict[str, ScoreRow], after: dict[str, ScoreRow]) -> Comparison:
    """Compare two evaluations on the cases that are in both.

    Lines come with the worst regression of the composite first, ties by id.
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
    lines.sort(key=lambda line: (line["change_composite_dice"], line["case"]))
    return Comparison(tuple(lines), overall)


def _line(case: str, before: ScoreRow, after: ScoreRow) -> dict[str, Any]:
    line: dict[str, Any] = {"case": case}
    for name in COMPARED:
        old, new = float(getattr(before, name)), float(getattr(after, name))
        line |= {f"before_{name}": old, f"after_{name}": new, f"change_{name}": new - old}
    return line


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON values."""
    return {
        "cases": list(comparison.lines),
        "overall": {name: asdict(difference) for name, difference in comparison.overall.items()},
    }


def write_comparison(path: Path, comparison: Comparison) -> None:
    """Write the comparison to `path`, as JSON where it ends so, else as CSV of the cases."""
    if path.suffix == ".json":
        write_json(path, comparison_as_json(comparison))
    else:
        write_csv(path, comparison.columns, list(comparison.lines))
