"""The sentences in which what a crash left is told and offered."""

from __future__ import annotations

from pathlib import Path

from kitsdesk.project.journal import Recovery
from kitsdesk.project.lock_record import clock_words
from kitsdesk.project.orphan_masks import Orphan
from trainer.contract.errors import KitsDeskError


def edits_words(number: int) -> str:
    """Return "1 edit" or "12 edits"."""
    return "1 edit" if number == 1 else f"{number} edits"


def edits_question(case: str, edits: int, left: float) -> str:
    """Return what is asked about edits that were not saved; `left` in seconds since 1970."""
    were = "was" if edits == 1 else "were"
    return (
        f"{case}: {edits_words(edits)} from {clock_words(left)} that {were} not saved. "
        f"{'It is' if edits == 1 else 'They are'} in the mask shown."
    )


def discard_question(case: str, edits: int) -> str:
    """Return what is asked before edits are given up."""
    return (
        f"Go back to the saved mask of {case} without {edits_words(edits)}? "
        "The edit history is kept beside it as a file."
    )


def discarded_words(case: str, edits: int, kept: Path) -> str:
    """Return what is said when edits were given up."""
    return f"{edits_words(edits)} of {case} discarded; kept in {kept.parent.name}/{kept.name}."


def orphan_question(orphan: Orphan) -> str:
    """Return what is asked about a mask that was written and never registered."""
    voxels = "1 voxel differs" if orphan.voxels == 1 else f"{orphan.voxels:,} voxels differ"
    return (
        f"{orphan.case}: a mask was written at {clock_words(orphan.written)} when the program "
        f"ended before it was registered; {voxels} from the working mask."
    )


def journal_problem(case: str, found: Recovery, edits: int) -> KitsDeskError | None:
    """Return what a person has to know of a journal that was not read whole, else None."""
    if found.refused is not None:
        return KitsDeskError(
            f"The edit history of {case} belongs to another mask than the one saved last, so its "
            "edits did not come back.",
            kept=f"It is kept as {found.refused.parent.name}/{found.refused.name}; the mask shown "
            "is the saved one.",
            advice="Look at the case before going on: the last session may have ended in a crash.",
        )
    if found.damaged is not None:
        return KitsDeskError(
            f"The end of the edit history of {case} is damaged.",
            kept=f"{edits_words(edits).capitalize()} before it came back; the damaged end is kept "
            f"as {found.damaged.parent.name}/{found.damaged.name}.",
            advice="Look whether the last edits are there, then save.",
        )
    if found.cut_bytes:
        return KitsDeskError(
            f"The last edit of {case} was cut off by a crash while it was written.",
            kept=f"{edits_words(edits).capitalize()} before it came back: at most the last "
            "second is missing.",
            advice="Do the last edit again if it is missing.",
        )
    return None
