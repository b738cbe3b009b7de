"""What a decision list would change in a project, and the change itself."""

from __future__ import annotations

from collections.abc import Generator

from kitsdesk.project.decision_lists import DecisionList, ListedDecision
from kitsdesk.project.decisions import Decided, DecisionRecord, Decisions
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.whole_masks import restore_reference, use_prediction, why_not_heldout
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.list_preview import ListApplied, ListPreview, ListRow
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

NEW_FOLDS = (
    "No export was made yet: the folds of the first one will be those of the cases that are "
    "left after this list."
)
OLD_FOLDS = (
    "The folds were fixed at the first export and stay as they are: this list changes "
    "decisions, not folds."
)


def preview(workspace: Workspace, chosen: DecisionList) -> ListPreview:
    """Return what `apply` would do; nothing is changed."""
    current = Decisions(workspace).all_current()
    known = {record.case for record in workspace.cases()}
    rows: list[ListRow] = []
    same = 0
    for entry in chosen.cases:
        if entry.case not in known:
            continue
        now = current.get(entry.case, DecisionRecord(entry.case)).decision
        if now == entry.decision:
            same += 1
        else:
            rows.append(_row(workspace, entry, now))
    named = {entry.case for entry in chosen.cases}
    if chosen.others == "reference":
        rows += _back_to_reference(workspace, known - named, current)
    return ListPreview(
        chosen.title,
        chosen.about,
        tuple(rows),
        tuple(sorted(named - known)),
        same,
        OLD_FOLDS if Folds(workspace).stored() else NEW_FOLDS,
    )


def apply(
    workspace: Workspace, chosen: DecisionList, author: str = ""
) -> Generator[str, None, ListApplied]:
    """Make the changes that `preview` showed, yielding each case before it; none of the
    cases may be open. Masks are saved one by one; the decisions then count together, and
    are undone together. A case whose mask cannot be replaced stays as it was.
    """
    refused: dict[str, str] = {}
    decided: list[Decided] = []
    for row in preview(workspace, chosen).rows:
        yield row.case
        try:
            if row.refused:
                raise KitsDeskError(row.refused)
            if row.becomes == "replaced":
                use_prediction(workspace, row.case, row.reason)
            elif row.becomes == "unreviewed":
                restore_reference(workspace, row.case)
        except KitsDeskError as error:
            refused[row.case] = error.happened
            continue
        decided.append(Decided(row.case, row.becomes, _reason(row)))
    if decided:
        Decisions(workspace).decide_each(decided, author, source=chosen.title)
    return ListApplied(tuple(item.case for item in decided), refused)


def _reason(row: ListRow) -> str:
    return f"{row.reason.rstrip('.')} ({row.source})" if row.source else row.reason


def _row(workspace: Workspace, entry: ListedDecision, now: Decision) -> ListRow:
    refused = ""
    if entry.decision == "replaced":
        refused = why_not_heldout(workspace, entry.case)
    elif entry.decision == "corrected" and not _own_mask(workspace, entry.case):
        refused = "a list holds no masks: the correction has to be made here"
    return ListRow(
        entry.case, now, entry.decision, entry.reason, entry.source, entry.since, refused
    )


def _own_mask(workspace: Workspace, case: str) -> bool:
    known = Revisions(workspace).all(case)
    return bool(known) and (known[0].number > 0 or known[-1].voxels_hash != known[0].voxels_hash)


def _back_to_reference(
    workspace: Workspace, cases: set[str], current: dict[str, DecisionRecord]
) -> list[ListRow]:
    rows = []
    for case in sorted(cases):
        now = current.get(case, DecisionRecord(case)).decision
        if now in ("excluded", "replaced", "corrected") or _own_mask(workspace, case):
            lacking = workspace.case(case).reference is None
            rows.append(
                ListRow(
                    case,
                    now,
                    "unreviewed",
                    "Back to the reference mask as it came",
                    refused="it has no reference mask" if lacking else "",
                )
            )
    return rows
