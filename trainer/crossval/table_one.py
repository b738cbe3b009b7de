"""Table 1: what each network and their ensemble reach on cases that they did not see."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.contract.run_folder import task_folder
from trainer.crossval.crossval_request import TABLE_KEY, CrossvalRequest
from trainer.crossval.evaluated_cases import excluded_cases, heldout_cases
from trainer.crossval.heldout_cases import Observe, predicted_mask
from trainer.crossval.rulers import Ruler, Rulers, find_rulers
from trainer.crossval.score_store import ScoreStore
from trainer.evaluation.dice import EmptyPolicy
from trainer.evaluation.score_table import ScoreRow, means
from trainer.inference.case_batch import BatchProgress

# The paper's table is made with the challenge's script, which leaves such a case out.
EMPTY: EmptyPolicy = "nan"
DICE = ("kidney_dice", "tumor_dice", "composite_dice")
SURFACE = ("kidney_and_mass_surface_dice", "mass_surface_dice", "tumor_surface_dice")


@dataclass(frozen=True)
class TableRow:
    """One network (or "ensemble") against one ruler: its cases, their means, and over how
    many cases each mean is (a both-empty case is in none)."""

    ruler: str
    network: str
    predictions: str
    cases: tuple[ScoreRow, ...]
    mean: dict[str, float]
    n: dict[str, int]


@dataclass(frozen=True)
class TableOne:
    """The whole table. `fold_of` each case and its mark go into the list of cases (an
    excluded one has no fold); `notes` are sentences by ruler; `missing` are held-out cases
    without a prediction."""

    export: str
    folds: tuple[int, ...]
    mirrored: bool
    surface: bool
    rows: tuple[TableRow, ...]
    fold_of: dict[str, int]
    marks: dict[str, str]
    notes: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]


def make_table(request: CrossvalRequest, observe: Observe) -> TableOne:
    """Score every held-out mask of every row against both rulers.

    `observe` is told the progress; what it raises ends the work, and scores are kept.

    Raises
    ------
    KitsDeskError : a mask cannot be read, or lies on another grid than its ruler.
    """
    cases, excluded = heldout_cases(request), excluded_cases(request)
    rulers = find_rulers(request.export, cases, request.reference, excluded)
    names = [case.id for case in (*cases, *excluded) if request.proof(case.id).exists()]
    store = ScoreStore(
        task_folder(request.run, TABLE_KEY) / "scores.jsonl", EMPTY, surface=request.surface
    )
    rows: list[TableRow] = []
    count = len(names) * len(request.keys) * len(rulers.all)
    for ruler in rulers.all:
        for network, key in request.keys.items():
            scored: list[ScoreRow] = []
            for index, case in enumerate(names, start=len(rows) * len(names)):
                observe(BatchProgress(case, index, count, f"scoring {network}", 0))
                if case in ruler.masks:
                    mask = predicted_mask(request, key, case)
                    scored.append(store.score(case, ruler.masks[case], mask))
            rows.append(_row(ruler, network, key, scored))
    return _table(request, rulers, rows, {case.id: case.fold for case in cases}, names)


def _row(ruler: Ruler, network: str, key: str, scored: list[ScoreRow]) -> TableRow:
    mean, number = means(scored)
    return TableRow(ruler.name, network, key, tuple(scored), mean, number)


def _table(
    request: CrossvalRequest,
    rulers: Rulers,
    rows: list[TableRow],
    fold_of: dict[str, int],
    names: list[str],
) -> TableOne:
    return TableOne(
        export=request.export.name,
        folds=request.folds,
        mirrored=request.mirror,
        surface=request.surface,
        rows=tuple(rows),
        fold_of=fold_of,
        marks={case: rulers.mark(case) for case in names},
        notes={ruler.name: ruler.notes for ruler in rulers.all},
        missing=tuple(case for case in fold_of if case not in names),
    )
