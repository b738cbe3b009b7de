"""What changed in the data set since it was last exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.datasets.training_set import EXPORT_MANIFEST

COUNTED = ("corrected", "replaced", "excluded", "kept")


@dataclass(frozen=True)
class ExportChanges:
    """Since the export `last` ("" = since the project was made): cases by their new decision,
    and how many exported masks differ from the working masks now."""

    last: str
    changed: dict[str, int] = field(default_factory=dict)
    masks_changed: int = 0


def exports(workspace: Workspace) -> list[tuple[Path, ExportManifest]]:
    """Return the finished exports, oldest first; unreadable ones are left out."""
    found = []
    for path in workspace.exports_folder.glob(f"*/{EXPORT_MANIFEST}"):
        try:
            manifest = ExportManifest.model_validate(read_json(path))
        except (DamagedFile, ValidationError):
            continue
        if not path.parent.name.startswith("."):
            found.append((path.parent, manifest))
    return sorted(found, key=lambda item: (item[1].created, item[0].name))


def changes_since_export(workspace: Workspace) -> ExportChanges:
    """Compare decisions and working masks with the newest export."""
    known = exports(workspace)
    manifest = known[-1][1] if known else None
    before = {case.case: case.decision for case in manifest.cases} if manifest else {}
    before |= {case.case: case.decision for case in manifest.left_out} if manifest else {}
    hashes = {case.case: case.mask_hash for case in manifest.cases} if manifest else {}
    decisions, revisions = Decisions(workspace).all_current(), Revisions(workspace)
    changed = dict.fromkeys(COUNTED, 0)
    masks = 0
    for record in workspace.cases():
        decision = decisions.get(record.case, DecisionRecord(record.case)).decision
        if decision in changed and decision != before.get(record.case, "unreviewed"):
            changed[decision] += 1
        newest = revisions.all(record.case)
        if record.case in hashes and newest and newest[-1].voxels_hash != hashes[record.case]:
            masks += 1
    return ExportChanges(known[-1][0].name if known else "", changed, masks)
