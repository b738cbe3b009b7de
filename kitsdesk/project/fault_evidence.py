"""What each case tells of wrong masks: its scores when it was judged, and the verdict."""

from __future__ import annotations

import json

from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.known_tables import has_table
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.exclusion_reasons import is_about_the_mask
from kitsdesk.review.fault_model import Evidence
from kitsdesk.review.suspicion import Suspicion
from trainer.contract.export_manifest import Decision

# A mask that was changed or thrown out was called wrong; deferred is no verdict.
VERDICTS: dict[Decision, bool] = {
    "kept": False,
    "corrected": True,
    "replaced": True,
    "excluded": True,
}
Scores = tuple[float | None, float | None]


def keep_scores(workspace: Workspace, case: str, mask_hash: str, found: Suspicion) -> None:
    """Remember what a mask scored: once it is corrected, nothing else tells what made it
    suspicious. The newest prediction's score stays."""
    if workspace.read_only or not mask_hash or not has_table(workspace.store, "mask_scores"):
        return
    with workspace.store.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO mask_scores VALUES (?, ?, ?, ?)",
            (case, mask_hash, found.value, found.misfit),
        )


def evidence(workspace: Workspace) -> list[Evidence]:
    """Return one line per case with a mask, in the order of ids.

    A judged case counts with the scores of its first mask, the one that was judged; an open
    one with those of its newest. A case that was excluded for something else than its mask
    is no part of it: nobody judged the mask, and nobody will. Nor are planted faults.
    """
    decided = Decisions(workspace).all_current()
    scores, masks = _scores(workspace), _masks(workspace)
    told = []
    for record in workspace.cases():
        if record.reference is None and record.case not in masks:
            continue
        made = decided.get(record.case, DecisionRecord(record.case))
        if made.decision == "excluded" and not is_about_the_mask(made.reason):
            continue
        found = VERDICTS.get(made.decision)
        hashes = masks.get(record.case, [])
        order = hashes if found is not None else hashes[-1:]
        known = (scores[(record.case, one)] for one in order if (record.case, one) in scores)
        suspicion, misfit = next(known, (None, None))
        told.append(Evidence(record.case, suspicion, misfit, found))
    return told


def _masks(workspace: Workspace) -> dict[str, list[str]]:
    rows = workspace.store.query("SELECT case_id, voxels_hash FROM revisions ORDER BY number")
    masks: dict[str, list[str]] = {}
    for row in rows:
        masks.setdefault(row["case_id"], []).append(row["voxels_hash"])
    return masks


def _scores(workspace: Workspace) -> dict[tuple[str, str], Scores]:
    """Return (case, mask hash) -> suspicion and misfit, with those of the list's own cache."""
    found: dict[tuple[str, str], Scores] = {}
    for row in workspace.store.query("SELECT case_id, made_from, record FROM case_scores"):
        parts = row["made_from"].split("|")
        record = json.loads(row["record"])["suspicion"]
        if len(parts) > 1:
            found[(row["case_id"], parts[1])] = (record["value"], record["misfit"])
    if has_table(workspace.store, "mask_scores"):
        for row in workspace.store.query("SELECT * FROM mask_scores"):
            found[(row["case_id"], row["mask_hash"])] = (row["suspicion"], row["misfit"])
    return found
