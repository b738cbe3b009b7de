"""Freezes the curated data set into exports/STAMP: the only thing that training reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.interrupted_exports import UNFINISHED
from kitsdesk.project.journal_file import sync_folder
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.project.writing_words import writing
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.export_manifest import ExportedCase, ExportManifest, LeftOutCase
from trainer.contract.jsonfile import write_json
from trainer.datasets.kits import IMAGE_NAME, MASK_NAME
from trainer.datasets.nnunet_raw import (
    DATASET_NAME,
    dataset_json,
    image_path,
    mask_path,
    write_splits,
)
from trainer.datasets.training_set import EXPORT_MANIFEST
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.nifti_text import carries_text
from trainer.imaging.reader import read_image
from trainer.imaging.safe_write import safe_write

Layout = Literal["nnunet", "kits"]
_STRUCTURES = ("background", "kidney", "tumor", "cyst")


class NothingToExport(KitsDeskError):
    """No case has a mask and is not excluded."""


@dataclass(frozen=True)
class ExportProgress:
    """`done` of `total` cases are in; `case` is the one at work."""

    done: int
    total: int
    case: str


@dataclass(frozen=True)
class _Chosen:
    record: CaseRecord
    decision: DecisionRecord
    revision: Revision
    fold: int


def export(
    workspace: Workspace, layout: Layout = "nnunet", stamp: str | None = None
) -> Generator[ExportProgress, None, Path]:
    """Write the export, yielding progress before each case; its return value is its folder.

    Masks are copied and proved against their hashes. Images are hard-linked where they are
    .nii.gz on the same disk without words in the header, else written once. Everything is made
    in a hidden folder that is renamed when manifest.json, written last, is there: stopping half
    way leaves no export.

    Raises
    ------
    NothingToExport : no case with a mask is left. TooFewPatients : see `Folds.fix`.
    DamagedFile : a mask is not the one that was saved; SourceChanged : an image changed.
    WriteFailed : the disk is full or refuses; nothing is left of the export.
    """
    workspace.store.require_writable()
    stamp = stamp or _free_stamp(workspace)
    target = workspace.exports_folder / stamp
    if target.exists():
        raise NothingToExport(f"There is already an export {stamp}.", kept="It was not changed.")
    chosen, left_out = _choose(workspace)
    head = workspace.audit.head()
    folder = workspace.exports_folder / f".{stamp}{UNFINISHED}"
    shutil.rmtree(folder, ignore_errors=True)
    kept = "No export was made; masks, decisions and earlier exports are as they were."
    try:
        with writing("The export", kept, workspace.exports_folder):
            exported = yield from _write_cases(workspace, chosen, folder, layout)
            manifest = ExportManifest(
                created=now(),
                project=workspace.name,
                layout=layout,
                cases=tuple(exported),
                left_out=tuple(left_out),
                audit_head=head,
            )
            write_json(folder / EXPORT_MANIFEST, manifest)
            os.replace(folder, target)
            sync_folder(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    workspace.audit.append(
        "exported", workspace.author, export=stamp, cases=len(exported), left_out=len(left_out)
    )
    return target


def _write_cases(
    workspace: Workspace, chosen: list[_Chosen], folder: Path, layout: Layout
) -> Generator[ExportProgress, None, list[ExportedCase]]:
    """Write every case, and for nnU-Net its lists of them."""
    exported = []
    for done, item in enumerate(chosen):
        yield ExportProgress(done, len(chosen), item.record.case)
        exported.append(_write_case(workspace, item, folder, layout))
    if layout == "nnunet":
        write_json(folder / DATASET_NAME, dataset_json(_STRUCTURES, len(exported), workspace.name))
        write_splits(folder, {case.case: case.fold for case in exported})
    return exported


def _choose(workspace: Workspace) -> tuple[list[_Chosen], list[LeftOutCase]]:
    decisions, revisions = Decisions(workspace).all_current(), Revisions(workspace)
    kept: list[tuple[CaseRecord, DecisionRecord, Revision]] = []
    left_out = []
    for record in workspace.cases():
        decision = decisions.get(record.case, DecisionRecord(record.case))
        reason = decision.reason if decision.decision == "excluded" else record.problem
        revision = None if decision.decision == "excluded" else _mask_of(revisions, record)
        if revision is None:
            left_out.append(
                LeftOutCase(
                    case=record.case, decision=decision.decision, reason=reason or "no mask"
                )
            )
        else:
            kept.append((record, decision, revision))
    if not kept:
        raise NothingToExport(
            "No case with a mask is left to export.",
            kept="Nothing was written.",
            advice="Cases without a mask and excluded ones stay out.",
        )
    folds = Folds(workspace).fix(record.patient for record, _, _ in kept)
    return [_Chosen(*item, folds[item[0].patient]) for item in kept], left_out


def _mask_of(revisions: Revisions, record: CaseRecord) -> Revision | None:
    # A case known to be unreadable stays out, named in the manifest; it must not stop the rest.
    return None if record.problem else revisions.newest(record.case)


def _write_case(workspace: Workspace, item: _Chosen, folder: Path, layout: Layout) -> ExportedCase:
    case = item.record.case
    if layout == "nnunet":
        image, mask = image_path(case), mask_path(case)
    else:
        image, mask = f"{case}/{IMAGE_NAME}", f"{case}/{MASK_NAME}"
    image_hash = _put_image(workspace, item.record, folder / image)
    _put_mask(workspace, item, folder / mask)
    return ExportedCase(
        case=case,
        patient=item.record.patient,
        image=image,
        mask=mask,
        image_hash=image_hash,
        mask_hash=item.revision.voxels_hash,
        decision=item.decision.decision,
        reason=item.decision.reason,
        revision=item.revision.number,
        fold=item.fold,
    )


def _put_image(workspace: Workspace, record: CaseRecord, target: Path) -> str:
    """Link or write the image and return its hash; it is read whole, so the hash is proved."""
    volume = read_image(record.image)
    image_hash = workspace.note_image(record.case, volume)
    target.parent.mkdir(parents=True, exist_ok=True)
    if record.image.name.endswith(".nii.gz") and not carries_text(record.image):
        try:
            # The resolved file: a link to a symbolic link would break with it.
            os.link(record.image.resolve(), target)
        except OSError:
            _copy(record.image, target)
    else:
        write_image(target, volume.array, volume.geometry)
    return image_hash


def _put_mask(workspace: Workspace, item: _Chosen, target: Path) -> None:
    geometry = workspace.geometry(item.record.case)
    mask = read_mask(item.revision.path, like=geometry)
    if volume_hash(mask) != item.revision.voxels_hash:
        raise DamagedFile(
            f"The mask r{item.revision.number} of {item.record.case} is not what was saved.",
            kept="Nothing was exported.",
            advice="Open the case and save its mask again, or exclude it.",
        )
    # Written anew rather than copied: a reference whose header was slightly off leaves exactly
    # on its image's grid.
    write_mask(target, mask.array, geometry)


def _copy(source: Path, target: Path) -> None:
    def write(temporary: Path) -> None:
        shutil.copyfile(source, temporary)

    safe_write(target, write, expected_bytes=source.stat().st_size)


def _free_stamp(workspace: Workspace) -> str:
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
    taken = {path.name for path in workspace.exports_folder.glob("*")}
    number, free = 2, stamp
    while free in taken:
        free, number = f"{stamp}-{number}", number + 1
    return free
