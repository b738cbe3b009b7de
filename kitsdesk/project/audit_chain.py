"""Checks the chain of the audit log: which entries are not what was written, and how."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

GENESIS = "0" * 64
_HASHED = ("id", "created", "author", "action", "case_id", "details", "previous")
# How far away the place of an entry that was moved is looked for.
_NEAR = 100


@dataclass(frozen=True)
class ChainCheck:
    """The result of verifying the chain. `first_bad` is an entry's number, None if whole;
    `faults` names every entry that was changed, removed, reordered or cut off."""

    entries: int
    head: str
    first_bad: int | None
    faults: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Return whether every entry follows from the one before."""
        return self.first_bad is None


def entry_hash(*parts: object) -> str:
    """Return the hash of an entry: number, time, author, action, case, details, previous."""
    # A damaged page can make bytes of a text: such an entry has a hash too, another one.
    text = json.dumps(parts, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_chain(rows: Sequence[sqlite3.Row], last_number: int) -> ChainCheck:
    """Check the rows of the table `audit`, ordered by number.

    Parameters
    ----------
    last_number : the highest number that was ever given, for what is missing at the end.
    """
    faults: list[tuple[int, str]] = []
    previous, expected = GENESIS, 1
    for row in rows:
        if row["id"] > expected:
            faults.append((expected, _missing(expected, row["id"] - 1)))
        if _own_hash(row) != row["hash"]:
            faults.append((row["id"], _changed(row)))
        elif row["previous"] != previous and row["id"] == expected:
            faults.append((row["id"], _does_not_follow(row)))
        previous, expected = row["hash"], row["id"] + 1
    if last_number >= expected:
        faults.append((expected, f"{_missing(expected, last_number)} (the end of the log)"))
    words = tuple(words for _number, words in faults)
    return ChainCheck(len(rows), previous, faults[0][0] if faults else None, words)


def _own_hash(row: sqlite3.Row) -> str:
    return entry_hash(*(row[key] for key in _HASHED))


def _changed(row: sqlite3.Row) -> str:
    parts = [row[key] for key in _HASHED]
    for number in range(max(1, row["id"] - _NEAR), row["id"] + _NEAR):
        if entry_hash(number, *parts[1:]) == row["hash"]:
            return f"entry {row['id']} was moved: it was written as entry {number}"
    return f"entry {row['id']} was changed ({row['created']}, {row['action']}, {row['case_id']})"


def _does_not_follow(row: sqlite3.Row) -> str:
    return (
        f"entry {row['id']} does not follow from entry {row['id'] - 1}, which was replaced "
        "after it was written"
    )


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"entry {first} was removed"
    return f"entries {first} to {last} were removed"
