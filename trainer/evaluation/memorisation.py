"""Which training cases the networks never fitted: a mask that contradicts its image, and
all the others, stays wrong to the end.

RUN/KEY/case_losses.jsonl   a line per epoch: {"epoch", "cases": {case: {"samples", "loss",
                            "kidney", "tumor"}}}, the last two [overlap, found, reference]
RUN/KEY/memorisation.csv    what one fold made of its training cases
RUN/memorisation.csv        the same over all folds and networks of a run
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import ceil
from pathlib import Path
from statistics import fmean, median
from typing import Any

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_lines
from trainer.imaging.safe_write import safe_write

CASE_LOSSES_FILE = "case_losses.jsonl"
MEMORISATION_FILE = "memorisation.csv"
# Iglewicz and Hoaglin's bound for the modified z-score 0.6745 (x - median) / MAD.
OUTLIER = 3.5
_SCALE = 0.6745
# Where all cases are learnt equally well, differences below this are no outliers.
_LEAST_MAD = 0.01
_STRUCTURES = ("kidney", "tumor")
# Voxels of an average patch's structure below which its Dice says nothing.
_LEAST_VOXELS = 10.0


@dataclass(frozen=True)
class CaseMemory:
    """How well the folds in `folds` (task keys) fitted one case they were trained on.

    Over the last tenth of the epochs: `samples` drawn, mean `loss`, and `misfit`, 1 minus
    the soft Dice of kidney or tumor, whichever is worse (0 = learnt by heart). `z` is the
    higher of the two structures' robust z-scores among the training cases, each compared
    with its like since a tumor is always fitted worse than a kidney; `rank` 1 has the
    highest.
    """

    case: str
    folds: tuple[str, ...]
    samples: int
    loss: float
    misfit: float
    rank: int
    z: float
    never_fitted: bool


def fold_memory(key: str, lines: Iterable[Mapping[str, Any]]) -> list[CaseMemory]:
    """Return what a fold made of its cases, worst fitted first.

    Parameters
    ----------
    key : the fold's task, such as "residual/fold_2".
    lines : the records of its case_losses.jsonl.

    A case counts as never fitted where z exceeds 3.5, the usual bound for outliers:
    networks learn most masks of one set about equally well, so what stands out from the
    median by that much is not noise of the draws but a mask that the rest of the set
    contradicts. The soft Dice of all patches together is used, and not the loss, which
    depends on what the random patches happen to show (measured on 16 phantoms, three of
    them faulty, demo preset: z of kidney 38, 24 and 4.2, of all others below 2; z of the
    loss 6.7, 7.7 and 1.6).
    """
    found = _late_sums(lines)
    if not found:
        return []
    misfits = [
        {case: _misfit(sums, structure) for case, sums in found.items()}
        for structure in _STRUCTURES
    ]
    scores = [_robust_z(values) for values in misfits]
    highest = {case: max(values[case] for values in scores) for case in found}
    return _ranked(
        CaseMemory(
            case=case,
            folds=(key,),
            samples=sum(one["samples"] for one in sums),
            loss=_mean_loss(sums),
            misfit=max(values[case] for values in misfits),
            rank=0,
            z=highest[case],
            never_fitted=highest[case] > OUTLIER,
        )
        for case, sums in found.items()
    )


def memorisation_table(run: Path) -> list[CaseMemory]:
    """Return one row per case over all finished folds of a run, worst fitted first.

    Loss, misfit and z are means over the folds that were trained on the case; it counts
    as never fitted where more than half of them never fitted it.

    Raises
    ------
    DamagedFile : a fold's memorisation.csv cannot be read.
    """
    found: dict[str, list[CaseMemory]] = {}
    for file in sorted(run.glob(f"*/{MEMORISATION_FILE}")) + sorted(
        run.glob(f"*/*/{MEMORISATION_FILE}")
    ):
        for row in read_memorisation(file):
            found.setdefault(row.case, []).append(row)
    return _ranked(
        CaseMemory(
            case=case,
            folds=tuple(key for row in rows for key in row.folds),
            samples=sum(row.samples for row in rows),
            loss=fmean(row.loss for row in rows),
            misfit=fmean(row.misfit for row in rows),
            rank=0,
            z=fmean(row.z for row in rows),
            never_fitted=2 * sum(row.never_fitted for row in rows) > len(rows),
        )
        for case, rows in found.items()
    )


def write_memorisation(path: Path, rows: Sequence[CaseMemory]) -> None:
    """Write rows as CSV: case, folds, samples, loss, misfit, rank, z, never_fitted.

    Raises
    ------
    WriteFailed : the file could not be written; the old one is unchanged.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.name for field in fields(CaseMemory)])
    writer.writeheader()
    for row in rows:
        record = asdict(row) | {
            "folds": " ".join(row.folds),
            "never_fitted": "yes" if row.never_fitted else "no",
        }
        for name in ("loss", "misfit", "z"):
            record[name] = round(record[name], 4)
        writer.writerow(record)
    safe_write(path, lambda temporary: _write_text(temporary, text.getvalue()))


def read_memorisation(path: Path) -> list[CaseMemory]:
    """Return the rows of a memorisation.csv.

    Raises
    ------
    DamagedFile : it is missing, or not such a table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_row(record) for record in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedFile(f"{path.name} cannot be read: {error}.") from error


def read_case_losses(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a fold's case_losses.jsonl."""
    return read_lines(folder / CASE_LOSSES_FILE)[0]


def _late_sums(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return each case's records of the last tenth of the epochs."""
    records = list(lines)
    last = max((int(record["epoch"]) for record in records), default=-1) + 1
    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        if record["epoch"] >= last - ceil(last / 10):
            for case, sums in record["cases"].items():
                found.setdefault(case, []).append(sums)
    return found


def _misfit(sums: Sequence[Mapping[str, Any]], structure: str) -> float:
    """Return 1 - the soft Dice of a structure, over all patches together."""
    overlap, found, reference = (sum(one[structure][i] for one in sums) for i in range(3))
    spare = _LEAST_VOXELS * sum(one["samples"] for one in sums)
    return float(1 - (2 * overlap + spare) / (found + reference + spare))


def _mean_loss(sums: Sequence[Mapping[str, Any]]) -> float:
    samples = sum(one["samples"] for one in sums)
    return float(sum(one["loss"] * one["samples"] for one in sums) / samples)


def _robust_z(values: Mapping[str, float]) -> dict[str, float]:
    middle = median(values.values())
    deviation = median(abs(value - middle) for value in values.values())
    scale = max(deviation, _LEAST_MAD)
    return {case: _SCALE * (value - middle) / scale for case, value in values.items()}


def _ranked(rows: Iterable[CaseMemory]) -> list[CaseMemory]:
    ordered = sorted(rows, key=lambda row: (-row.z, row.case))
    return [
        CaseMemory(**{**vars(row), "rank": place}) for place, row in enumerate(ordered, start=1)
    ]


def _row(record: Mapping[str, str]) -> CaseMemory:
    return CaseMemory(
        case=record["case"],
        folds=tuple(record["folds"].split()),
        samples=int(record["samples"]),
        loss=float(record["loss"]),
        misfit=float(record["misfit"]),
        rank=int(record["rank"]),
        z=float(record["z"]),
        never_fitted=record["never_fitted"] == "yes",
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
