"""What a curated data set differs in from the one that was added: the paragraph for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kitsdesk import __version__
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

_CHANGES: tuple[tuple[Decision, str], ...] = (
    ("excluded", "excluded"),
    ("replaced", "replaced by a model's prediction"),
    ("corrected", "corrected by hand"),
)


@dataclass(frozen=True)
class CaseChange:
    """One case that is not as it came. `voxels` is how many differ from the reference mask,
    0 where the mask is the reference, None where one of the two cannot be read or there was
    no reference; `revision` is the mask's number, None without a mask; `first_mask` says that
    the case came with none."""

    case: str
    decision: Decision
    reason: str
    author: str
    created: str
    revision: int | None
    voxels: int | None
    first_mask: bool = False


def dataset_changes(workspace: Workspace) -> list[CaseChange]:
    """Return every case that was decided on or whose mask is no longer the reference.

    Changed masks are read and compared with their reference, so this takes time: 0.1 s for
    each of KiTS19's size.
    """
    current, revisions = Decisions(workspace).all_current(), Revisions(workspace)
    changes = []
    for record in workspace.cases():
        decided = current.get(record.case, DecisionRecord(record.case))
        known = revisions.all(record.case)
        newest = known[-1] if known else None
        if decided.decision != "unreviewed" or (newest is not None and newest.number):
            changes.append(
                CaseChange(
                    record.case,
                    decided.decision,
                    decided.reason,
                    decided.author or (newest.author if newest is not None else ""),
                    decided.created or (newest.created if newest is not None else ""),
                    newest.number if newest is not None else None,
                    _voxels(revisions, newest, known),
                    first_mask=bool(known) and known[0].number != 0,
                )
            )
    return changes


def changes_paragraph(workspace: Workspace, changes: Sequence[CaseChange] | None = None) -> str:
    """Return the paragraph for a methods section: who changed which cases, when and why."""
    if changes is None:
        changes = dataset_changes(workspace)
    total = len(workspace.cases())
    sentences = [f"The data set holds {_count(total, 'case')}."]
    reviewed = [change for change in changes if change.decision != "unreviewed"]
    if reviewed:
        verb = "was" if len(reviewed) == 1 else "were"
        people = _listed(sorted({change.author for change in reviewed}))
        sentences.append(
            f"{_count(len(reviewed), 'case')} {verb} reviewed {_when(reviewed)} by {people} with "
            f"KiTSDesk {__version__}."
        )
    for decision, words in _CHANGES:
        chosen = [change for change in changes if change.decision == decision]
        if chosen:
            verb = "was" if len(chosen) == 1 else "were"
            named = "; ".join(_named(change) for change in chosen)
            sentences.append(f"{_count(len(chosen), 'case')} {verb} {words}: {named}.")
    sentences += _the_rest(total, changes)
    sentences.append(_sum(changes))
    return " ".join(sentences)


def _the_rest(total: int, changes: Sequence[CaseChange]) -> list[str]:
    sentences = []
    undecided = [change for change in changes if change.decision == "unreviewed"]
    if undecided:
        verb = "has" if len(undecided) == 1 else "have"
        named = "; ".join(_named(change) for change in undecided)
        sentences.append(
            f"{_count(len(undecided), 'case')} {verb} a changed mask and no decision yet: {named}."
        )
    for decision, words in (("kept", "reviewed and kept as they came"), ("deferred", "deferred")):
        number = sum(change.decision == decision for change in changes)
        one = words.replace("they came", "it came")
        if number:
            sentences.append(f"1 was {one}." if number == 1 else f"{number} were {words}.")
    left = total - sum(change.decision != "unreviewed" for change in changes) - len(undecided)
    if left:
        sentences.append(f"{left} {'was' if left == 1 else 'were'} not reviewed.")
    return sentences


def _sum(changes: Sequence[CaseChange]) -> str:
    changed = [change for change in changes if change.voxels]
    first = sum(change.first_mask for change in changes)
    drawn = f"{_count(first, 'case')} came without a mask and got a first one." if first else ""
    return f"{drawn} {_of_voxels(changed, changes)}".strip()


def _of_voxels(changed: Sequence[CaseChange], changes: Sequence[CaseChange]) -> str:
    left_out = any(change.decision == "excluded" for change in changes)
    if not changed:
        if any(_is_unknown(change) for change in changes):
            return "How many voxels were changed is not known."
        drawn = any(change.first_mask for change in changes)
        none = f"No voxel {'of a reference mask ' if drawn else ''}was changed"
        return f"{none}." if left_out else f"{none}, no case left out."
    voxels = sum(change.voxels or 0 for change in changed)
    masks = _count(len(changed), "mask")
    verb = "differs" if len(changed) == 1 else "differ"
    return (
        f"In all, {masks} {verb} from the reference, in {_count(voxels, 'voxel')}; every version "
        "is kept with author, time and hash."
    )


def _named(change: CaseChange) -> str:
    known = [change.reason.rstrip("."), change.author, change.created[:10]]
    if change.voxels:
        known.append(f"{_count(change.voxels, 'voxel')} changed")
    elif change.first_mask:
        known.append("no mask before")
    elif _is_unknown(change):
        known.append("voxels changed: not known")
    said = ", ".join(part for part in known if part)
    return f"{change.case} ({said})" if said else change.case


def _is_unknown(change: CaseChange) -> bool:
    return change.voxels is None and bool(change.revision) and not change.first_mask


def _when(changes: Sequence[CaseChange]) -> str:
    days = sorted(change.created[:10] for change in changes)
    return f"on {days[0]}" if days[0] == days[-1] else f"between {days[0]} and {days[-1]}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _voxels(revisions: Revisions, newest: Revision | None, known: Sequence[Revision]) -> int | None:
    if newest is None:
        return None
    if newest.voxels_hash == known[0].voxels_hash:
        return 0 if known[0].number == 0 else None
    try:
        before = revisions.load_reference(newest.case)
        after, _revision = revisions.load(newest.case)
    except KitsDeskError:
        return None
    return int(np.count_nonzero(before != after))
