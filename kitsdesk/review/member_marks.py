"""The marks of a suspicion that is measured with less than several members."""

from __future__ import annotations

from collections.abc import Sequence

from kitsdesk.review.rows import CaseRow

MARKS = {
    "by mirroring": "Only one fold has not seen this case: its eight mirrored passes "
    "stand in for the members",
    "one member": "One prediction alone: agreement cannot be measured and counts as 1",
}


def common_mark(rows: Sequence[CaseRow]) -> str:
    """Return the mark that every scored case of several has, "" where they differ."""
    scored = [row for row in rows if row.suspicion is not None]
    marks = {chip.text for row in scored for chip in row.chips if chip.text in MARKS}
    whole = all(any(chip.text in MARKS for chip in row.chips) for row in scored)
    return marks.pop() if len(scored) > 1 and len(marks) == 1 and whole else ""
