"""Is this project KiTS19? By its ids, and where at hand by the shapes and the reference masks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kitsdesk.paths import resources
from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.decision_lists import KITS19_LISTS
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import read_json
from trainer.imaging.geometry import Geometry
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.orientation import orientation_of
from trainer.imaging.volume_bytes import nifti_grid

TRAINING_CASES = 210
# Some public masks, where the facts are from, were saved again with headers about 1e-3 off.
SPACING_TOLERANCE_MM = 5e-3
_ID = re.compile(r"^case_(\d{5})$")
Certainty = Literal["sure", "likely", "no"]


@dataclass(frozen=True)
class Kits19Match:
    """How sure it is that the project holds KiTS19, and the sentence that says why.

    `cases` are those with ids of its training set; the grids of `shapes` of them are those
    of the public files, `labels` have the reference mask of the public release.
    """

    certainty: Certainty
    why: str
    cases: int = 0
    shapes: int = 0
    labels: int = 0


def recognise(workspace: Workspace) -> Kits19Match:
    """Compare the project with KiTS19's training set, by what is known and by the headers of
    the images; no voxel is read. Not for the UI thread.

    One case with a grid of its own says no: other data sets use the same ids.
    """
    records = workspace.cases()
    ours = [record for record in records if _is_training_id(record.case)]
    if not ours or len(ours) < len(records):
        others = len(records) - len(ours)
        return Kits19Match("no", f"{others} of {len(records)} ids are not KiTS19's.", len(ours))
    facts = read_json(resources() / KITS19_LISTS)["facts"]
    grids, wrong = _grids(records, facts)
    if wrong:
        return Kits19Match("no", f"The ids are KiTS19's, but {wrong}.", len(ours), grids)
    labels = _labels(workspace, facts)
    if grids:
        told = f"{len(ours)} of {TRAINING_CASES} ids, and the sizes of {grids} cases agree"
        if labels:
            told += f"; {labels} reference masks are those of the public release of today"
        return Kits19Match("sure", f"{told}.", len(ours), grids, labels)
    return Kits19Match(
        "likely",
        f"{len(ours)} of {TRAINING_CASES} ids agree; no size could be compared.",
        len(ours),
    )


def _is_training_id(case: str) -> bool:
    match = _ID.match(case)
    return match is not None and int(match.group(1)) < TRAINING_CASES


def _grids(records: Sequence[CaseRecord], facts: dict[str, dict[str, Any]]) -> tuple[int, str]:
    """Return how many known grids agree, and what is wrong with the first that does not."""
    agreeing = 0
    for record in records:
        known = facts.get(record.case)
        grid = _grid(record) if known is not None else None
        if known is None or grid is None:
            continue
        axes = orientation_of(grid.direction).file_axis
        spacing = [grid.spacing[axis] for axis in axes]
        if [grid.size[axis] for axis in axes] != known["shape"]:
            return agreeing, f"{record.case} has another size"
        pairs = zip(spacing, known["spacing"], strict=True)
        if any(abs(one - other) > SPACING_TOLERANCE_MM for one, other in pairs):
            return agreeing, f"{record.case} has voxels of another size"
        agreeing += 1
    return agreeing, ""


def _grid(record: CaseRecord) -> Geometry | None:
    if record.geometry is not None:
        return record.geometry
    try:
        return nifti_grid(record.image)
    except UnreadableImage:
        # Another kind of file, or one that tells its own fault when its case is opened.
        return None


def _labels(workspace: Workspace, facts: dict[str, dict[str, object]]) -> int:
    rows = workspace.store.query("SELECT case_id, voxels_hash FROM revisions WHERE number = 0")
    return sum(facts.get(row["case_id"], {}).get("mask_hash") == row["voxels_hash"] for row in rows)
