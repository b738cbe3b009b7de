"""project.sqlite: one connection with a lock, migrated on opening."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kitsdesk.project import migrations
from kitsdesk.project.backups import back_up_before, back_up_today
from kitsdesk.project.store_connection import (
    connect_reading,
    connect_writing,
    damaged,
    not_opened,
    not_written,
    require_uncut,
    require_whole,
)
from trainer.contract.errors import KitsDeskError

STORE_NAME = "project.sqlite"


class NewerProject(KitsDeskError):
    """The project was written by a later version of the program."""


class ReadOnlyProject(KitsDeskError):
    """Something was to be written into a project that is open read-only."""


class ProjectGone(KitsDeskError):
    """The project's folder went away while it was open: a pulled disk, a lost share."""


def now() -> str:
    """Return this moment in UTC as ISO 8601 with seconds, as every row stores it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """The project's database, usable from any thread.

    One connection is shared behind a re-entrant lock: rows are small and transactions short,
    so waiting costs less than the upkeep of a connection per thread. The main thread, which
    may be a window's, reads over a connection of its own where there is a write-ahead log:
    there a reader waits neither for a disk that takes its time nor for another thread's rows.

    Attributes
    ----------
    logged : whether a write-ahead log is kept (not on network folders).
    may_write : asked before every transaction; false once the project's lock was lost.
    trouble : a backup of today that could not be made, None where all is well.

    Raises
    ------
    NewerProject : the file's version is later than this program's.
    DamagedStore : the file is not a database, or SQLite's own check finds it damaged.
    BackupNotMade : it has to be migrated and the copy before that could not be written.
    StoreNotWritten : the disk is full or refuses; the project was not changed.
    """

    def __init__(self, path: Path, *, read_only: bool = False, network: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self.logged = False
        self.may_write: Callable[[], bool] = lambda: True
        self.trouble: KitsDeskError | None = None
        self._lock = threading.RLock()
        self._depth, self._writer = 0, 0
        self._reading: sqlite3.Connection | None = None
        self._new = not path.exists()
        try:
            if not self._new:
                require_uncut(path)
            self._connection = self._connect(network)
        except sqlite3.DatabaseError as error:
            raise not_opened(path, error) from error
        try:
            require_whole(self._connection)
            self._migrate()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise not_opened(path, error) from error
        except KitsDeskError:
            self._connection.close()
            raise
        if self.logged:
            with contextlib.suppress(sqlite3.DatabaseError):
                self._reading = connect_reading(path)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return all rows of one reading statement; raises DamagedStore where it cannot."""
        try:
            if self._reading is not None and self._reads_alone():
                return self._reading.execute(sql, parameters).fetchall()
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError):
                raise
            raise damaged(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run statements that are written together or not at all; inner ones join the outer.

        Raises
        ------
        ReadOnlyProject : the project is open read-only.
        StoreNotWritten : the disk is full or refuses; nothing of it was written.
        """
        self.require_writable()
        with self._lock:
            outermost = self._depth == 0
            try:
                if outermost:
                    self._connection.execute("BEGIN IMMEDIATE")
                self._depth, self._writer = self._depth + 1, threading.get_ident()
                try:
                    yield self._connection
                finally:
                    self._depth -= 1
                if outermost:
                    self._connection.execute("COMMIT")
            except BaseException as error:
                if outermost:
                    self._roll_back()
                if isinstance(error, sqlite3.DatabaseError) and not isinstance(
                    error, sqlite3.IntegrityError | sqlite3.ProgrammingError
                ):
                    raise not_written(self.path, error) from error
                raise

    def require_writable(self) -> None:
        """Raise ReadOnlyProject where nothing may be written, ProjectGone where no folder is.

        A disk that was pulled leaves its mount point, an empty folder: files written there
        would be lost without a word.
        """
        if self.read_only:
            raise ReadOnlyProject(
                "This project is open read-only.",
                kept="Nothing was written.",
                advice="Close it where it is open for writing, then open it again.",
            )
        if not self.path.is_file():
            raise ProjectGone(
                f"The folder of the project, {self.path.parent.name}, is not there any more.",
                kept="Nothing was written; edits since the last save are in this window.",
                advice="Connect the disk or the network again, then do it again.",
            )
        if not self.may_write():
            raise ReadOnlyProject(
                "Another computer took this project over while this one gave no sign of life.",
                kept="Nothing was written; edits since the last save are in this window.",
                advice="Close it there, then open it here again.",
            )

    def has_table(self, name: str) -> bool:
        """Return whether the database has a table: one opened read-only may be older."""
        rows = self.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
        return bool(rows)

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
            if self._reading is not None:
                self._reading.close()
            self._connection.close()

    def _reads_alone(self) -> bool:
        """Return whether this is the main thread, outside a transaction of its own."""
        here = threading.get_ident()
        writes = self._depth > 0 and self._writer == here
        return here == threading.main_thread().ident and not writes

    def _connect(self, network: bool) -> sqlite3.Connection:
        if self.read_only:
            return connect_reading(self.path)
        connection, self.logged = connect_writing(self.path, network=network)
        return connection

    def _roll_back(self) -> None:
        # SQLite rolls back by itself where the disk is full; then there is nothing to end.
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def _migrate(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        newest = len(migrations.MIGRATIONS)
        if version > newest:
            raise NewerProject(
                f"This project was written by a newer KiTSDesk (version {version} of its tables; "
                f"this program knows {newest}).",
                kept="It was not changed.",
                advice="Update KiTSDesk to open it.",
            )
        if version == 0 and not self._new:
            # Some other program's: it is not filled with a project's tables.
            raise sqlite3.DatabaseError("it holds no tables of a project")
        if version == newest:
            if not self.read_only:
                self._back_up()
            return
        if self.read_only:
            self._connection = _in_memory(self._connection)
        elif version:
            back_up_before(self._connection, self.path.parent, newest)
        scripts = "\n".join(migrations.MIGRATIONS[version:])
        self._connection.executescript(
            f"BEGIN IMMEDIATE;\n{scripts}\nPRAGMA user_version = {newest};\nCOMMIT;"
        )

    def _back_up(self) -> None:
        try:
            back_up_today(self._connection, self.path.parent)
        except KitsDeskError as error:
            self.trouble = error


def _in_memory(older: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of a database that is only looked at, to be migrated in its place."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    older.backup(copy)
    older.close()
    copy.row_factory = sqlite3.Row
    return copy
