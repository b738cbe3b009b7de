"""The append-only log of everything that changed the data set, chained by hashes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from kitsdesk.project.audit_chain import GENESIS, ChainCheck, check_chain, entry_hash
from kitsdesk.project.store import Store, now


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
            made = entry_hash(number, created, author, action, case, text, previous)
            connection.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, created, author, action, case, text, previous, made),
            )
        return made

    def head(self) -> str:
        """Return the hash of the newest entry, which stands for the whole log."""
        rows = self._store.query("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
        return str(rows[0]["hash"]) if rows else GENESIS

    def hashes(self) -> list[str]:
        """Return the hashes of all entries in order."""
        return [str(row["hash"]) for row in self._store.query("SELECT hash FROM audit ORDER BY id")]

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
                details=_details(row["details"]),
                previous=row["previous"],
                hash=row["hash"],
            )
            for row in rows
        ]

    def verify(self) -> ChainCheck:
        """Recompute every hash; names changed, removed, reordered and inserted entries."""
        rows = self._store.query("SELECT * FROM audit ORDER BY id")
        # SQLite counts on for ever: what was taken from the end leaves its number here.
        seen = self._store.query("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
        return check_chain(rows, int(seen[0]["seq"]) if seen else len(rows))


def _details(text: str) -> dict[str, Any]:
    # An entry that was tampered with is shown too, as it is.
    try:
        found = json.loads(text)
    except ValueError:
        return {"unreadable": str(text)}
    return found if isinstance(found, dict) else {"unreadable": str(text)}


def _head(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return str(row["hash"]) if row else GENESIS


def _next_number(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT max(id) AS newest FROM audit").fetchone()
    return int(row["newest"] or 0) + 1
