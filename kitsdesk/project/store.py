"""project.sqlite: one connection with a lock, migrated on opening."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kitsdesk.project.migrations import MIGRATIONS
from trainer.contract.errors import DamagedFile, KitsDeskError

STORE_NAME = "project.sqlite"


class NewerProject(KitsDeskError):
    """The project was written by a later version of the program."""


class ReadOnlyProject(KitsDeskError):
    """Something was to be written into a project that is open read-only."""


def now() -> str:
    """Return this moment in UTC as ISO 8601 with seconds, as every row stores it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """The project's database, usable from any thread.

    One connection is shared behind a re-entrant lock: rows are small and transactions short,
    so waiting costs less than the upkeep of a connection per thread.

    Raises
    ------
    NewerProject : the file's version is later than this program's.
    DamagedFile : the file is not a database, or SQLite's own check finds it damaged.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = self._connect()
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise DamagedFile(
                f"{path.name} cannot be opened: {error}.",
                kept="Masks, history and predictions beside it were not touched.",
                advice="Put back a copy of the file from a backup.",
            ) from error

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return all rows of one reading statement."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run statements that are written together or not at all; inner ones join the outer.

        Raises
        ------
        ReadOnlyProject : the project is open read-only.
        """
        self.require_writable()
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def require_writable(self) -> None:
        """Raise ReadOnlyProject where nothing may be written."""
        if self.read_only:
            raise ReadOnlyProject(
                "This project is open read-only.",
                kept="Nothing was written.",
                advice="Close it where it is open for writing, then open it again.",
            )

    def fact(self, key: str) -> str:
        """Return one stored fact about the project, "" where there is none."""
        rows = self.query("SELECT value FROM facts WHERE key = ?", (key,))
        return str(rows[0]["value"]) if rows else ""

    def set_fact(self, key: str, value: str) -> None:
        """Store one fact about the project."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO facts VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )

    def close(self) -> None:
        """Close the file; the write-ahead log is folded into it."""
        with self._lock:
            self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self.read_only:
            connection = self._connect_read_only()
        else:
            connection = sqlite3.connect(
                self.path, timeout=10, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        connection.row_factory = sqlite3.Row
        return connection

    def _connect_read_only(self) -> sqlite3.Connection:
        location = self.path.absolute().as_uri()
        # A write-ahead log needs a shared-memory file; on a read-only disk only "immutable"
        # can be opened, and there nobody else writes either.
        for options in ("mode=ro", "mode=ro&immutable=1"):
            connection = sqlite3.connect(
                f"{location}?{options}",
                uri=True,
                timeout=10,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.OperationalError:
                connection.close()
                continue
            return connection
        raise sqlite3.DatabaseError("the file cannot be read")

    def _migrate(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            self._connection.close()
            raise NewerProject(
                f"This project was written by a newer KiTSDesk (version {version} of its tables).",
                kept="It was not changed.",
                advice="Update KiTSDesk to open it.",
            )
        if version == len(MIGRATIONS) or self.read_only:
            return
        for number in range(version, len(MIGRATIONS)):
            self._connection.executescript(
                f"BEGIN IMMEDIATE;\n{MIGRATIONS[number]}\n"
                f"PRAGMA user_version = {number + 1};\nCOMMIT;"
            )
