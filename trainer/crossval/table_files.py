"""Writes Table 1 as CSV, as JSON and to be read, and its cases one by one."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer.contract.jsonfile import write_json
from trainer.crossval.table_one import DICE, EMPTY, SURFACE, TableOne, TableRow
from trainer.evaluation.score_table import MEASURED, without_nan, worst_first, write_csv
from trainer.imaging.safe_write import safe_write

_TITLES = {
    "kidney_dice": "kidney Dice",
    "tumor_dice": "tumor Dice",
    "composite_dice": "composite Dice",
    "kidney_and_mass_surface_dice": "kidney and mass surface Dice",
    "mass_surface_dice": "mass surface Dice",
    "tumor_surface_dice": "tumor surface Dice",
}
_RULERS = {
    "reference": "the reference masks",
    "curated": "the curated masks",
    "excluded": "the reference masks of excluded cases",
}


def write_table(folder: Path, table: TableOne) -> list[Path]:
    """Write table1.csv, table1.json, table1.md and table1_cases.csv; return their paths."""
    files = [folder / name for name in ("table1.csv", "table1.json", "table1.md")]
    columns, lines = _csv_lines(table)
    write_csv(files[0], columns, lines)
    write_json(files[1], table_as_json(table))
    text = table_as_text(table)
    safe_write(files[2], lambda temporary: _write_text(temporary, text))
    cases = folder / "table1_cases.csv"
    write_csv(cases, ("masks", "network", "case", "fold", "mark", *MEASURED), _case_lines(table))
    return [*files, cases]


def table_as_json(table: TableOne) -> dict[str, Any]:
    """Return the table with every case as JSON values; NaN becomes null."""
    content = {name: value for name, value in asdict(table).items() if name != "rows"}
    rows = [
        asdict(row)
        | {
            "mean": without_nan(row.mean),
            "cases": [without_nan(asdict(case)) for case in worst_first(list(row.cases))],
        }
        for row in table.rows
    ]
    return content | {"empty": EMPTY, "rows": rows}


def table_as_text(table: TableOne) -> str:
    """Return the table as Markdown, N in every value."""
    lines = [f"# Table 1: {table.export}, cross-validation", "", *_conditions(table)]
    columns = [*DICE, *(SURFACE if table.surface else ())]
    for ruler in dict.fromkeys(row.ruler for row in table.rows):
        lines += ["", f"## Against {_RULERS[ruler]}", ""]
        lines += ["| network | " + " | ".join(_TITLES[name] for name in columns) + " |"]
        lines += ["|---|" + "---:|" * len(columns)]
        for row in table.rows:
            if row.ruler == ruler:
                lines += [f"| {row.network} | " + " | ".join(_values(row, columns)) + " |"]
        lines += ["", *(f"- {note}" for note in table.notes[ruler])]
    return "\n".join(lines).rstrip() + "\n"


def _conditions(table: TableOne) -> list[str]:
    folds = ", ".join(str(fold) for fold in table.folds)
    passes = "the mean of eight mirrored passes" if table.mirrored else "one pass, not mirrored"
    lines = [
        f"- Folds {folds}; every case is predicted by the one fold that did not see it, {passes}.",
        "- Kidney is every structure, tumor is structure 2; composite is the mean of both, case "
        "by case. Values are means over N cases.",
        f'- A case where mask and prediction are both empty counts as "{EMPTY}": it is left out '
        "of that mean, as KiTS19's script has it.",
    ]
    if table.surface:
        lines.append("- Surface Dice with KiTS23's classes and tolerances.")
    if table.missing:
        lines.append(f"- Without a prediction, left out: {', '.join(table.missing)}.")
    return lines


def _values(row: TableRow, columns: list[str]) -> list[str]:
    return [
        "–" if math.isnan(row.mean[name]) else f"{row.mean[name]:.4f} (N={row.n[name]})"
        for name in columns
    ]


def _csv_lines(table: TableOne) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    names = [*DICE, *(SURFACE if table.surface else ())]
    columns = ("masks", "network", *(part for name in names for part in (name, f"n_{name}")))
    lines = []
    for row in table.rows:
        line: dict[str, Any] = {"masks": row.ruler, "network": row.network}
        for name in names:
            line |= {name: row.mean[name], f"n_{name}": row.n[name]}
        lines.append(line)
    return (*columns, "empty", "mirrored"), [
        line | {"empty": EMPTY, "mirrored": "yes" if table.mirrored else "no"} for line in lines
    ]


def _case_lines(table: TableOne) -> list[dict[str, Any]]:
    return [
        {
            "masks": row.ruler,
            "network": row.network,
            "fold": table.fold_of.get(case.case),
            "mark": table.marks[case.case],
            **asdict(case),
        }
        for row in table.rows
        for case in worst_first(list(row.cases))
    ]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
