"""Masks made elsewhere become predictions of the project, with what is known of their maker."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from kitsdesk.project.folder_swap import fresh_beside, swap_in
from kitsdesk.project.safe_places import require_inside
from kitsdesk.project.scored_import import import_scored, scored_cases
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.project.writing_words import writing
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.scores import FoldUse, Scores
from trainer.evaluation.dice import SCORED, structure_voxels
from trainer.evaluation.mask_files import find_masks
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.safe_write import WriteFailed
from trainer.imaging.volume import Volume

Saw = Literal["none", "unknown", "all"]
ImportProgress = Callable[[int, int, str], None]


class NothingImported(KitsDeskError):
    """No mask in the folder belongs to a case of the project."""


def import_predictions(
    workspace: Workspace,
    folder: Path,
    name: str,
    saw: Saw,
    progress: ImportProgress | None = None,
) -> dict[str, str]:
    """Copy the folder's masks into predictions/`name`; see `Predictions.import_folder`."""
    workspace.store.require_writable()
    if not name or name != Path(name).name or name.startswith("."):
        raise NothingImported(f"{name!r} is not a name for predictions.")
    if scored_cases(folder):
        return _whole(workspace, folder, name, progress)
    masks = find_masks(folder)
    known = {record.case for record in workspace.cases()}
    cases = [case for case in masks if case in known]
    problems: dict[str, str] = {}
    taken: list[str] = []
    try:
        for done, case in enumerate(cases):
            if progress is not None:
                progress(done, len(cases), case)
            try:
                _import_case(workspace, case, masks[case], name, saw)
                taken.append(case)
            except WriteFailed:
                raise  # the next case meets the same disk
            except KitsDeskError as error:
                problems[case] = str(error)
    finally:
        if taken:
            workspace.audit.append(
                "predictions imported", workspace.author, name=name, saw=saw, cases=taken
            )
    if not taken:
        raise _nothing(folder, problems)
    return problems


def _whole(
    workspace: Workspace, folder: Path, name: str, progress: ImportProgress | None
) -> dict[str, str]:
    """Bring in predictions that say themselves what saw what."""
    problems = import_scored(workspace, folder, name, progress)
    if not any((workspace.predictions_folder / name).glob("*/scores.json")):
        raise _nothing(folder, problems)
    return problems


def _nothing(folder: Path, problems: dict[str, str]) -> NothingImported:
    return NothingImported(
        f"No mask in {folder.name} fits a case of this project.",
        kept="Nothing was imported.",
        advice=next(iter(problems.values()), "Name the masks like the cases: CASE.nii.gz."),
    )


def _import_case(workspace: Workspace, case: str, path: Path, name: str, saw: Saw) -> None:
    geometry = workspace.geometry(case)
    mask = read_mask(path, like=geometry)
    folder = require_inside(workspace.folder, workspace.predictions_folder / name / case)
    fresh = fresh_beside(folder)
    kept = "Predictions that were there before are unchanged."
    try:
        with writing(f"The prediction of {case}", kept, workspace.predictions_folder):
            write_mask(fresh / "ensemble.nii.gz", mask.array, geometry)
            if saw == "none":
                write_mask(fresh / "heldout.nii.gz", mask.array, geometry)
            scores = _scores(workspace.image_hash(case), case, mask, name, saw)
            write_json(fresh / "scores.json", scores)
            swap_in(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _scores(image_hash: str, case: str, mask: Volume, name: str, saw: Saw) -> Scores:
    use = FoldUse(model=name, fold=0, saw=saw != "none")
    unseen = saw == "none"
    return Scores(
        case=case,
        image_hash=image_hash,
        models=(name,),
        made=now(),
        source="imported",
        folds=(use,),
        heldout_folds=(use,) if unseen else (),
        members="one" if unseen else None,
        agreement=dict.fromkeys(SCORED, 1.0) if unseen else None,
        volumes_ml={
            structure: float(np.count_nonzero(structure_voxels(mask.array, structure)))
            * mask.voxel_ml
            for structure in SCORED
        },
    )
