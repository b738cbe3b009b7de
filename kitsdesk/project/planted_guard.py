"""The lock between planted faults and revisions: nothing that was planted is ever saved."""

from __future__ import annotations

from kitsdesk.project.known_tables import has_table
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError


class PlantedFaultShown(KitsDeskError):
    """A mask was to be saved of a case that shows a planted fault, or that is one."""


def refuse_planted(workspace: Workspace, case: str, voxels_hash: str) -> None:
    """Raise PlantedFaultShown where a mask of `case` may not become a revision: while a
    fault is planted there, and for a mask that equals any ever planted in it."""
    if not has_table(workspace.store, "planted_faults"):
        return
    rows = workspace.store.query(
        "SELECT 1 FROM planted_faults WHERE case_id = ? AND (outcome = '' OR planted_hash = ?)",
        (case, voxels_hash),
    )
    if rows:
        raise PlantedFaultShown(
            f"{case} shows a fault that was planted to test the review.",
            kept="Its real mask was not changed, and nothing was saved.",
            advice="Decide on the case: the planted fault then goes by itself.",
        )
