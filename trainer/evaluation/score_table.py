"""The table of one evaluation: a row per case, the worst tumor first, then the means."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.jsonfile import write_json
from trainer.evaluation.dice import EmptyPolicy, kits_dice, structure_voxels
from trainer.evaluation.surface_dice import TOLERANCES_MM, kits_surface_dice
from trainer.imaging.mask_file import read_mask
from trainer.imaging.safe_write import safe_write

MEASURED: tuple[str, ...] = (
    "kidney_dice",
    "tumor_dice",
    "composite_dice",
    "kidney_and_mass_surface_dice",
    "mass_surface_dice",
    "tumor_surface_dice",
    "reference_kidney_ml",
    "prediction_kidney_ml",
    "reference_tumor_ml",
    "prediction_tumor_ml",
)


@dataclass(frozen=True)
class ScoreRow:
    """One case. Volumes are millilitres; kidney is with tumor and cyst, as KiTS19 has it.
    The surface Dice are KiTS23's, NaN where they were not asked for."""

    case: str
    kidney_dice: float
    tumor_dice: float
    composite_dice: float
    reference_kidney_ml: float
    prediction_kidney_ml: float
    reference_tumor_ml: float
    prediction_tumor_ml: float
    kidney_and_mass_surface_dice: float = math.nan
    mass_surface_dice: float = math.nan
    tumor_surface_dice: float = math.nan


def score_case(
    case: str,
    reference: Path,
    prediction: Path,
    empty: EmptyPolicy = "one",
    *,
    surface: bool = False,
) -> ScoreRow:
    """Read two mask files of one case and score them, with `surface` also their surfaces
    (seconds a case of 512×512 slices).

    Raises
    ------
    KitsDeskError : a file cannot be read, or their geometries differ.
    """
    truth = read_mask(reference)
    guess = read_mask(prediction, like=truth.geometry)
    scores = kits_dice(truth.array, guess.array, empty)
    surfaces = dict.fromkeys(TOLERANCES_MM, math.nan)
    if surface:
        surfaces = kits_surface_dice(truth.array, guess.array, truth.spacing, empty)

    def volume(mask: NDArray[Any], structure: str) -> float:
        return float(np.count_nonzero(structure_voxels(mask, structure))) * truth.voxel_ml

    return ScoreRow(
        case=case,
        kidney_dice=scores.kidney,
        tumor_dice=scores.tumor,
        composite_dice=scores.composite,
        reference_kidney_ml=volume(truth.array, "kidney"),
        prediction_kidney_ml=volume(guess.array, "kidney"),
        reference_tumor_ml=volume(truth.array, "tumor"),
        prediction_tumor_ml=volume(guess.array, "tumor"),
        kidney_and_mass_surface_dice=surfaces["kidney_and_mass"],
        mass_surface_dice=surfaces["mass"],
        tumor_surface_dice=surfaces["tumor"],
    )


def row_from_json(record: dict[str, Any]) -> ScoreRow:
    """Return the row that was stored as JSON values, null standing for NaN."""
    values: dict[str, Any] = {
        key: math.nan if value is None else value for key, value in record.items()
    }
    return ScoreRow(**values)


def worst_first(rows: list[ScoreRow]) -> list[ScoreRow]:
    """Return the rows by tumor Dice, ties by composite, then by id; NaN comes last."""

    def key(row: ScoreRow) -> tuple[float, float, str]:
        scores = (row.tumor_dice, row.composite_dice)
        tumor, composite = (math.inf if math.isnan(score) else score for score in scores)
        return tumor, composite, row.case

    return sorted(rows, key=key)


def means(rows: list[ScoreRow]) -> tuple[dict[str, float], dict[str, int]]:
    """Return the mean of every measured column without its NaNs, and over how many rows."""
    mean: dict[str, float] = {}
    number: dict[str, int] = {}
    for column in MEASURED:
        values = [value for row in rows if not math.isnan(value := float(getattr(row, column)))]
        number[column] = len(values)
        mean[column] = float(np.mean(values)) if values else math.nan
    return mean, number


def table_as_json(
    rows: list[ScoreRow], empty: EmptyPolicy, missing: list[str] | None = None
) -> dict[str, Any]:
    """Return the whole table as JSON values; NaN becomes null."""
    mean, number = means(rows)
    return {
        "empty": empty,
        "cases": [without_nan(asdict(row)) for row in worst_first(rows)],
        "mean": without_nan(mean),
        "n": number,
        "missing": missing or [],
    }


def write_score_table(
    path: Path, rows: list[ScoreRow], empty: EmptyPolicy, missing: list[str] | None = None
) -> None:
    """Write the table to `path`, as JSON where it ends so, else as CSV with a mean and an n
    row; every line names the policy for empty masks."""
    if path.suffix == ".json":
        write_json(path, table_as_json(rows, empty, missing))
        return
    mean, number = means(rows)
    lines: list[dict[str, Any]] = [asdict(row) for row in worst_first(rows)]
    lines += [{"case": "mean", **mean}, {"case": "n", **number}]
    write_csv(path, ("case", *MEASURED, "empty"), [line | {"empty": empty} for line in lines])


def write_csv(path: Path, columns: tuple[str, ...], lines: list[dict[str, Any]]) -> None:
    """Write `lines` as CSV with six decimals, safely; NaN and None are written as nothing."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({column: _cell(line.get(column)) for column in columns})

    def write(temporary: Path) -> None:
        temporary.write_text(buffer.getvalue(), encoding="utf-8")

    safe_write(path, write)


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6f}"
    return "" if value is None else value


def without_nan(record: dict[str, Any]) -> dict[str, Any]:
    """Return `record` as JSON can hold it: NaN becomes null."""
    return {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in record.items()
    }
