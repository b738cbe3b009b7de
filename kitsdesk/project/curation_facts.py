"""What a curation report tells: numbers and pictures of every change, nobody's data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.dataset_changes import changes_paragraph
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.fault_evidence import evidence
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.second_looks import SecondLooks
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.kappa import Agreement
from kitsdesk.review.recall import FaultEstimate, estimate
from kitsdesk.review.slice_pictures import (
    Frame,
    scale_bar_share,
    slice_picture,
    worst_frame,
)
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import DECISIONS, Decision
from trainer.contract.structures import Structure
from trainer.evaluation.dice import kits_dice
from trainer.imaging.volume import Volume

CHANGED: tuple[Decision, ...] = ("corrected", "replaced", "excluded")
PICTURE = 360
# A path to a file of this computer could name a patient; a reason is a person's own words.
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][\w.\- ]+){2,}")


@dataclass(frozen=True, eq=False)
class ReportPicture:
    """One slice under its title; `bar` is the share of the width that 50 mm take."""

    title: str
    picture: NDArray[np.uint8]
    bar: float


@dataclass(frozen=True)
class MaskNumbers:
    """Millilitres of one mask (kidney with tumor and cyst, tumor), and its Dice with the
    held-out prediction, None where there is none."""

    title: str
    kidney_ml: float
    tumor_ml: float
    kidney_dice: float | None = None
    tumor_dice: float | None = None


@dataclass(frozen=True, eq=False)
class ReportChange:
    """One case that is not as it came. `dice` (kidney, tumor) compares before with after."""

    case: str
    decision: Decision
    reason: str
    author: str
    created: str
    fold: int | None
    place: str
    voxels: int
    changed_ml: float
    dice: tuple[float, float] | None
    numbers: tuple[MaskNumbers, ...]
    pictures: tuple[ReportPicture, ...]
    problem: str = ""


@dataclass(frozen=True, eq=False)
class CurationFacts:
    """Everything that the report's template is given."""

    project: str
    made: str
    paragraph: str
    counts: dict[Decision, int]
    total: int
    people: dict[str, int]
    predictions: str
    folds: tuple[tuple[int, int], ...]
    exports: tuple[tuple[str, str, int, int], ...]
    audit_entries: int
    audit_head: str
    audit_whole: bool
    changes: tuple[ReportChange, ...]
    second_look: Agreement
    estimate: FaultEstimate


def curation_facts(workspace: Workspace) -> Generator[str, None, CurationFacts]:
    """Gather the facts, yielding each changed case before its images are read."""
    decided = Decisions(workspace).all_current()
    records = [decided.get(r.case, DecisionRecord(r.case)) for r in workspace.cases()]
    changes = []
    for record in records:
        if record.decision in CHANGED:
            yield record.case
            changes.append(_change(workspace, record))
    check = workspace.audit.verify()
    people = Counter(record.author for record in records if record.decision != "unreviewed")
    order = {decision: place for place, decision in enumerate(CHANGED)}
    changes.sort(key=lambda change: (order[change.decision], change.case))
    return CurationFacts(
        project=workspace.name,
        made=now(),
        paragraph=without_paths(changes_paragraph(workspace)),
        counts={d: sum(record.decision == d for record in records) for d in DECISIONS},
        total=len(records),
        people=dict(people.most_common()),
        predictions=Predictions(workspace).key(),
        folds=_folds(workspace),
        exports=_exports(workspace),
        audit_entries=check.entries,
        audit_head=check.head,
        audit_whole=check.whole,
        changes=tuple(changes),
        second_look=SecondLooks(workspace).agreement(),
        estimate=estimate(evidence(workspace), PlantedFaults(workspace).counts()),
    )


def without_paths(text: str) -> str:
    """Return the text with whatever looks like a path to a file left out."""
    return _PATH.sub("[path left out]", text)


def _folds(workspace: Workspace) -> tuple[tuple[int, int], ...]:
    """Return (fold, cases) as the first export fixed them, empty before it."""
    of_patient = Folds(workspace).stored()
    counted = Counter(
        of_patient[record.patient] for record in workspace.cases() if record.patient in of_patient
    )
    return tuple(sorted(counted.items()))


def _exports(workspace: Workspace) -> tuple[tuple[str, str, int, int], ...]:
    return tuple(
        (
            str(entry.details.get("export", "")),
            entry.created,
            int(entry.details.get("cases", 0)),
            int(entry.details.get("left_out", 0)),
        )
        for entry in workspace.audit.entries()
        if entry.action == "exported"
    )


@dataclass(frozen=True, eq=False)
class _Masks:
    """The masks of a changed case; `after` is None where it was left out of exports."""

    before: NDArray[np.uint8]
    after: NDArray[np.uint8] | None
    prediction: NDArray[np.uint8] | None


def _change(workspace: Workspace, record: DecisionRecord) -> ReportChange:
    fold = Folds(workspace).stored().get(workspace.case(record.case).patient)
    try:
        volume = workspace.read_case(record.case)
        masks = _masks(workspace, record)
    except KitsDeskError as error:
        return _told(record, fold, problem=error.happened)
    other = masks.after if masks.after is not None else masks.prediction
    frame = worst_frame(masks.before, other if other is not None else masks.before, volume.spacing)
    after = masks.after
    voxels = 0 if after is None else int(np.count_nonzero(masks.before != after))
    dice = None if after is None else kits_dice(masks.before, after)
    return _told(
        record,
        fold,
        place=f"axial slice {frame.z + 1} of {volume.shape[0]}, counted from below",
        voxels=voxels,
        changed_ml=voxels * volume.voxel_ml,
        dice=None if dice is None else (dice.kidney, dice.tumor),
        numbers=_numbers(masks, volume.voxel_ml),
        pictures=_pictures(masks, volume, frame),
    )


def _told(
    record: DecisionRecord,
    fold: int | None,
    *,
    place: str = "",
    voxels: int = 0,
    changed_ml: float = 0.0,
    dice: tuple[float, float] | None = None,
    numbers: tuple[MaskNumbers, ...] = (),
    pictures: tuple[ReportPicture, ...] = (),
    problem: str = "",
) -> ReportChange:
    return ReportChange(
        case=record.case,
        decision=record.decision,
        reason=without_paths(record.reason),
        author=record.author,
        created=record.created,
        fold=fold,
        place=place,
        voxels=voxels,
        changed_ml=changed_ml,
        dice=dice,
        numbers=numbers,
        pictures=pictures,
        problem=without_paths(problem),
    )


def _masks(workspace: Workspace, record: DecisionRecord) -> _Masks:
    revisions, predictions = Revisions(workspace), Predictions(workspace)
    newest = revisions.load(record.case)[0]
    has_reference = workspace.case(record.case).reference is not None
    before = revisions.load_reference(record.case) if has_reference else np.zeros_like(newest)
    prediction = predictions.heldout(record.case)
    if prediction is None:
        prediction = predictions.ensemble(record.case)
    return _Masks(before, None if record.decision == "excluded" else newest, prediction)


def _numbers(masks: _Masks, voxel_ml: float) -> tuple[MaskNumbers, ...]:
    wanted = (("Before", masks.before), ("After", masks.after), ("Prediction", masks.prediction))
    rows = []
    for title, mask in wanted:
        if mask is None:
            continue
        kidney = float(np.count_nonzero(mask) * voxel_ml)
        tumor = float(np.count_nonzero(mask == Structure.TUMOR) * voxel_ml)
        dice = None
        if masks.prediction is not None and mask is not masks.prediction:
            dice = kits_dice(mask, masks.prediction)
        rows.append(
            MaskNumbers(
                title, kidney, tumor, dice.kidney if dice else None, dice.tumor if dice else None
            )
        )
    return tuple(rows)


def _pictures(masks: _Masks, volume: Volume, frame: Frame) -> tuple[ReportPicture, ...]:
    after = ("After", masks.after) if masks.after is not None else ("After", None)
    wanted = (("Before", masks.before), after, ("Prediction", masks.prediction))
    bar = scale_bar_share(frame)
    return tuple(
        ReportPicture(title, slice_picture(volume, mask, frame, PICTURE), bar)
        for title, mask in wanted
        if mask is not None
    )
