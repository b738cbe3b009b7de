"""Is this project KiTS19? By its ids, and where at hand by the shapes and the reference masks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kitsdesk.paths import resources
from kitsdesk.project.decision_lists import KITS19_LISTS
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import read_json
from trainer.imaging.orientation import orientation_of

TRAINING_CASES = 210
_ID = re.compile(r"^case_(\d{5})$")
Certainty = Literal["sure", "likely", "no"]


@dataclass(frozen=True)
class Kits19Match:
    """How sure it is that the project holds KiTS19, and the sentence that says why.

    `cases` are those with ids of its training set; `shapes` of them were compared with what
    is known of the public files, `labels` have the reference mask of the public release.
    """

    certainty: Certainty
    why: str
    cases: int = 0
    shapes: int = 0
    labels: int = 0


def recognise(workspace: Workspace) -> Kits19Match:
    """Compare the project with KiTS19's training set; nothing is read but what is known.

    One case with a shape of its own says no: other data sets use the same ids.
    """
    names = [record.case for record in workspace.cases()]
    ours = [name for name in names if _is_training_id(name)]
    if not ours or len(ours) < len(names):
        others = len(names) - len(ours)
        return Kits19Match("no", f"{others} of {len(names)} ids are not KiTS19's.", len(ours))
    facts = read_json(resources() / KITS19_LISTS)["facts"]
    shapes, wrong = _shapes(workspace, facts)
    if wrong:
        return Kits19Match(
            "no", f"The ids are KiTS19's, but {wrong[0]} has another size.", len(ours), shapes
        )
    labels = _labels(workspace, facts)
    if shapes:
        told = f"{len(ours)} of {TRAINING_CASES} ids, and the sizes of {shapes} cases agree"
        if labels:
            told += f"; {labels} reference masks are those of the public release of today"
        return Kits19Match("sure", f"{told}.", len(ours), shapes, labels)
    return Kits19Match(
        "likely",
        f"{len(ours)} of {TRAINING_CASES} ids agree; no size could be compared yet.",
        len(ours),
    )


def _is_training_id(case: str) -> bool:
    match = _ID.match(case)
    return match is not None and int(match.group(1)) < TRAINING_CASES


def _shapes(workspace: Workspace, facts: dict[str, dict[str, object]]) -> tuple[int, list[str]]:
    """Return how many known shapes agree, and the cases whose shape does not."""
    agreeing, wrong = 0, []
    for record in workspace.cases():
        known = facts.get(record.case)
        if known is None or record.geometry is None:
            continue
        axes = orientation_of(record.geometry.direction).file_axis
        shape = [record.geometry.size[axis] for axis in axes]
        if shape == known["shape"]:
            agreeing += 1
        else:
            wrong.append(record.case)
    return agreeing, wrong


def _labels(workspace: Workspace, facts: dict[str, dict[str, object]]) -> int:
    rows = workspace.store.query("SELECT case_id, voxels_hash FROM revisions WHERE number = 0")
    return sum(facts.get(row["case_id"], {}).get("mask_hash") == row["voxels_hash"] for row in rows)
