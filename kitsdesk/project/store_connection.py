"""Connections to project.sqlite: local, on a network, read-only; and what its errors mean."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

from trainer.contract.errors import DamagedFile, KitsDeskError

_WAIT_SECONDS = 10
_HEADER_BYTES = 100


class StoreNotWritten(KitsDeskError):
    """The database took nothing of what was to be written together."""


class DamagedStore(DamagedFile):
    """project.sqlite cannot be trusted; it can be rebuilt (`kitsdesk.project.rebuilding`)."""


def connect_writing(path: Path, *, network: bool) -> tuple[sqlite3.Connection, bool]:
    """Open the database for reading and writing.

    Returns
    -------
    connection, logged : whether it keeps a write-ahead log; on a network folder, or where the
        disk refuses one, it keeps a rollback journal instead, as safe and a little slower.
    """
    connection = _connect(str(path))
    if network:
        # Exclusive first: without it, leaving a write-ahead log needs memory that two
        # computers cannot share.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    else:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.row_factory = sqlite3.Row
    return connection, str(mode).lower() == "wal"


def connect_reading(path: Path) -> sqlite3.Connection:
    """Open the database read-only; raises sqlite3.DatabaseError where that cannot be."""
    location = path.absolute().as_uri()
    # A write-ahead log needs a shared-memory file; on a read-only disk only "immutable"
    # can be opened, and there nobody else writes either.
    for options in ("mode=ro", "mode=ro&immutable=1"):
        connection = _connect(f"{location}?{options}", uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            continue
        except UnicodeDecodeError as error:
            # Python cannot say what SQLite has found: its message quotes damaged bytes.
            connection.close()
            raise sqlite3.DatabaseError("its list of tables is damaged") from error
        connection.row_factory = sqlite3.Row
        return connection
    raise sqlite3.DatabaseError("the file cannot be read")


def require_uncut(path: Path) -> None:
    """Raise sqlite3.DatabaseError where a database file ends before its last page does.

    SQLite takes a file of no bytes for a new database to be filled, and reads the lost part of
    a last page as zeros, which its own check may pass. Where a log lies beside the file, the
    log may hold what is not in it yet.
    """
    with path.open("rb") as file:
        head, size = file.read(_HEADER_BYTES), path.stat().st_size
    if any(_is_filled(path.with_name(path.name + ending)) for ending in ("-wal", "-journal")):
        return
    if len(head) < _HEADER_BYTES:
        raise sqlite3.DatabaseError("it is cut in its first bytes")
    # Fields of the header: sqlite.org/fileformat2.html, 1.3.
    (page,), (pages,) = struct.unpack(">H", head[16:18]), struct.unpack(">I", head[28:32])
    page = 65536 if page == 1 else page
    counted = head[24:28] == head[92:96]
    if page and (size % page or (counted and size < page * pages)):
        raise sqlite3.DatabaseError(f"it is cut after {size} bytes")


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def require_whole(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where SQLite's own check finds a fault."""
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise sqlite3.DatabaseError(found.replace("\n", " "))


def not_opened(path: Path, error: sqlite3.DatabaseError) -> KitsDeskError:
    """Return what a person reads of a database that cannot be opened: a fault of the disk or
    the folder is not taken for damage of the file."""
    if not isinstance(error, sqlite3.OperationalError):
        return damaged(path, error)
    return StoreNotWritten(
        f"{path.name} cannot be opened: {error}.",
        kept="The project was not changed.",
        advice=f"Check the free space and the permissions of {path.parent}, then open it again.",
    )


def damaged(path: Path, error: sqlite3.Error) -> DamagedStore:
    """Return what a person reads of a database that cannot be opened."""
    return DamagedStore(
        f"{path.name} cannot be opened: {error}.",
        kept="Masks, history and predictions beside it were not touched.",
        advice="Rebuild the project: from its last backup, what can still be read of the file, "
        "and its folders.",
    )


def not_written(path: Path, error: sqlite3.Error) -> KitsDeskError:
    """Return what a person reads of a transaction that failed and was rolled back."""
    if not isinstance(error, sqlite3.OperationalError):
        return damaged(path, error)
    return StoreNotWritten(
        f"{path.name} could not be written: {error}.",
        kept="Nothing of this step was stored; everything stored before is there.",
        advice=f"Check the free space and the permissions of {path.parent}, then do it again.",
    )


def _connect(location: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        location, uri=uri, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
