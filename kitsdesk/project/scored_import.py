"""Predictions that KiTSDesk itself made elsewhere, by a cross-validation say, come in whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from kitsdesk.project.folder_swap import fresh_beside, swap_in
from kitsdesk.project.workspace import Workspace
from kitsdesk.project.writing_words import writing
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.scores import Scores, read_scores
from trainer.imaging.mask_file import read_mask
from trainer.imaging.safe_write import WriteFailed


class OtherImage(KitsDeskError):
    """A prediction was made on another image than the project's."""


def scored_cases(folder: Path) -> dict[str, Path]:
    """Return case → folder of the predictions in `folder` that say who made them and with
    what (CASE/scores.json of models), empty where there are none."""
    found = {}
    for path in sorted(folder.glob("*/scores.json")):
        try:
            scores = read_scores(path.parent)
        except (DamagedFile, ValidationError):
            continue
        if scores is not None and scores.source == "models":
            found[path.parent.name] = path.parent
    return found


def import_scored(
    workspace: Workspace,
    folder: Path,
    name: str,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, str]:
    """Copy the predictions in `folder` as predictions/`name`; return case → problem.

    Held-out folds, members, votes and the mask of the folds that learnt the case come along.
    """
    workspace.store.require_writable()
    known = {record.case for record in workspace.cases()}
    cases = [case for case in scored_cases(folder) if case in known]
    problems: dict[str, str] = {}
    taken: list[str] = []
    try:
        for done, case in enumerate(cases):
            if progress is not None:
                progress(done, len(cases), case)
            try:
                _copy_case(workspace, folder / case, workspace.predictions_folder / name / case)
                taken.append(case)
            except WriteFailed:
                raise  # the next case meets the same disk
            except KitsDeskError as error:
                problems[case] = str(error)
    finally:
        if taken:
            workspace.audit.append(
                "predictions imported", workspace.author, name=name, saw="as recorded", cases=taken
            )
    return problems


def _copy_case(workspace: Workspace, source: Path, target: Path) -> None:
    scores = read_scores(source)
    case = target.name
    if scores is None or scores.image_hash != workspace.image_hash(case):
        raise OtherImage(
            f"The prediction of {case} was made on another image.", kept="It was not imported."
        )
    _require_readable(workspace, case, source, scores)
    fresh = fresh_beside(target)
    kept = "Predictions that were there before are unchanged."
    try:
        with writing(f"The prediction of {case}", kept, workspace.predictions_folder):
            # Links are not followed: nothing outside the chosen folder comes in.
            shutil.copytree(source, fresh, symlinks=True, ignore=_links)
            swap_in(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_symlink()]


def _require_readable(workspace: Workspace, case: str, source: Path, scores: Scores) -> None:
    names = ["ensemble", *(["heldout"] if scores.heldout_folds else [])]
    names += ["fitted"] if scores.fitted_mask_hash else []
    for name in names:
        read_mask(source / f"{name}.nii.gz", like=workspace.geometry(case))
