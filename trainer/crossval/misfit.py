"""What the networks that learnt a mask say against it: the misfit of every case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.contract.scores import read_scores
from trainer.crossval.crossval_request import CrossvalRequest
from trainer.crossval.evaluated_cases import heldout_cases
from trainer.evaluation.dice import SCORED, kits_dice
from trainer.evaluation.score_table import write_csv
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask

COLUMNS = ("case", "fold", "misfit", "kidney_misfit", "tumor_misfit", "fitted_by")


def write_misfit(path: Path, request: CrossvalRequest) -> None:
    """Write each case's misfit, the worst first, as CSV.

    Misfit is 1 − Dice between the mask in the data set and the ensemble of the folds, of all
    networks, that were trained on this very mask; the larger of kidney and tumor. Both
    masks empty is Dice 1. A case that no fold learnt has none and is not listed.
    """
    lines: list[dict[str, Any]] = []
    for case in heldout_cases(request):
        folder = request.predictions / request.all_together / case.id
        scores = read_scores(folder) if request.proof(case.id).exists() else None
        if scores is None or scores.fitted_mask_hash is None:
            continue
        mask = read_mask(case.mask)
        if volume_hash(mask) != scores.fitted_mask_hash:
            continue
        dice = kits_dice(mask.array, read_mask(folder / "fitted.nii.gz", mask.geometry).array)
        gaps = {f"{name}_misfit": 1.0 - dice.of(name) for name in SCORED}
        folds = " ".join(f"{use.model}/fold_{use.fold}" for use in scores.fitted_folds)
        worst = {"misfit": max(gaps.values())}
        lines.append({"case": case.id, "fold": case.fold, "fitted_by": folds} | gaps | worst)
    lines.sort(key=lambda line: (-line["misfit"], line["case"]))
    write_csv(path, COLUMNS, lines)
