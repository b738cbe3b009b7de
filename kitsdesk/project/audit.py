"""The append-only log of everything that changed the data set, chained by hashes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from kitsdesk.project.store import Store, now

GENESIS = "0" * 64


@dataclass(frozen=True)
class AuditEntry:
    """One line of the log; `hash` covers all other fields and the `previous` hash."""

    number: int
    created: str
    author: str
    action: str
    case: str
    details: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class ChainCheck:
    """The result of verifying the chain. `first_bad` is an entry's number, None if whole."""

    entries: int
    head: str
    first_bad: int | None

    @property
    def whole(self) -> bool:
        """Return whether every entry follows from the one before."""
        return self.first_bad is None


class Audit:
    """The project's audit log."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, action: str, author: str, case: str = "", **details: Any) -> str:
        """Append one entry within the caller's transaction (or its own); return its hash."""
        created = now()
        text = json.dumps(details, sort_keys=True, ensure_ascii=False)
        with self._store.transaction() as connection:
            previous = _head(connection)
            number = _next_number(connection)
            entry_hash = _hash(number, created, author, action, case, text, previous)
            connection.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, created, author, action, case, text, previous, entry_hash),
            )
        return entry_hash

    def head(self) -> str:
        """Return the hash of the newest entry, which stands for the whole log."""
        rows = self._store.query("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
        return str(rows[0]["hash"]) if rows else GENESIS

    def entries(self, case: str | None = None) -> list[AuditEntry]:
        """Return the entries in order, of one case where asked."""
        where = "" if case is None else "WHERE case_id = ? "
        rows = self._store.query(
            f"SELECT * FROM audit {where}ORDER BY id", () if case is None else (case,)
        )
        return [
            AuditEntry(
                number=row["id"],
                created=row["created"],
                author=row["author"],
                action=row["action"],
                case=row["case_id"],
                details=json.loads(row["details"]),
                previous=row["previous"],
                hash=row["hash"],
            )
            for row in rows
        ]

    def verify(self) -> ChainCheck:
        """Recompute every hash and compare; finds changed, removed and inserted entries."""
        previous = GENESIS
        rows = self._store.query("SELECT * FROM audit ORDER BY id")
        for expected, row in enumerate(rows, start=1):
            recomputed = _hash(
                row["id"],
                row["created"],
                row["author"],
                row["action"],
                row["case_id"],
                row["details"],
                previous,
            )
            if row["id"] != expected or row["previous"] != previous or row["hash"] != recomputed:
                return ChainCheck(len(rows), previous, expected)
            previous = recomputed
        return ChainCheck(len(rows), previous, None)


def _head(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return str(row["hash"]) if row else GENESIS


def _next_number(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT max(id) AS newest FROM audit").fetchone()
    return int(row["newest"] or 0) + 1


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
