"""Proved copies of project.sqlite under backups/: one a day, and one before each migration."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.imaging.safe_write import safe_write

BACKUPS = "backups"
DAYS_KEPT = 5
_NAME = re.compile(r"^project-(\d{4}-\d{2}-\d{2})(-before-version-(\d+))?(-\d+)?\.sqlite$")


@dataclass(frozen=True)
class Backup:
    """A copy of the database; `before_version` is the migration it was made for, 0 = a day's."""

    path: Path
    day: str
    before_version: int


class BackupNotMade(KitsDeskError):
    """The database could not be copied, so what needed the copy was not begun."""


def backups(project: Path) -> list[Backup]:
    """Return the backups in a project folder, newest first."""
    found = []
    for path in (project / BACKUPS).glob("*.sqlite"):
        match = _NAME.match(path.name)
        if match is not None:
            found.append((path.stat().st_mtime, Backup(path, match[1], int(match[3] or 0))))
    return [backup for _time, backup in sorted(found, key=lambda one: one[0], reverse=True)]


def make_backup(connection: sqlite3.Connection, project: Path, before_version: int = 0) -> Path:
    """Copy the open database, prove the copy, and return its file.

    Raises
    ------
    WriteFailed : the copy could not be written whole; nothing else was changed.
    """
    day = datetime.now().astimezone().strftime("%Y-%m-%d")
    stem = f"project-{day}" + (f"-before-version-{before_version}" if before_version else "")
    target, number = project / BACKUPS / f"{stem}.sqlite", 2
    while target.exists():
        target, number = target.with_name(f"{stem}-{number}.sqlite"), number + 1
    size = connection.execute("PRAGMA page_count").fetchone()[0] * 4096

    def write(path: Path) -> None:
        with closing(sqlite3.connect(path)) as copy:
            connection.backup(copy)
            # A copy is one file: it needs no log beside it, wherever it is put.
            copy.execute("PRAGMA journal_mode = DELETE")

    safe_write(target, write, lambda path: _prove(connection, path), expected_bytes=size)
    return target


def back_up_today(connection: sqlite3.Connection, project: Path) -> None:
    """Make the day's backup where there is none yet; older ones than DAYS_KEPT go.

    Raises
    ------
    WriteFailed : it could not be written; the database itself is as it was.
    """
    day = datetime.now().astimezone().strftime("%Y-%m-%d")
    daily = [backup for backup in backups(project) if not backup.before_version]
    if any(backup.day == day for backup in daily):
        return
    make_backup(connection, project)
    for old in daily[DAYS_KEPT - 1 :]:
        old.path.unlink(missing_ok=True)


def back_up_before(connection: sqlite3.Connection, project: Path, version: int) -> Path:
    """Make the backup that a migration to `version` needs; raises BackupNotMade."""
    try:
        return make_backup(connection, project, version)
    except KitsDeskError as error:
        raise BackupNotMade(
            f"{project.name} has to be brought to a newer version, and the copy of its database "
            f"that is made first could not be written: {error.happened}",
            kept="The project was not changed.",
            advice=error.advice,
        ) from error


def is_whole(path: Path) -> bool:
    """Return whether a database file can be opened and SQLite's own check finds no fault."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            return str(opened.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
    except sqlite3.Error:
        return False


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return table → number of rows, for comparing two databases."""
    names = [
        str(row[0])
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        for name in names
    }


def _prove(original: sqlite3.Connection, path: Path) -> None:
    if not is_whole(path):
        raise DamagedFile(f"{path.name} is not whole.")
    with closing(sqlite3.connect(path)) as copy:
        same_version = _version(copy) == _version(original)
        if not same_version or row_counts(copy) != row_counts(original):
            raise DamagedFile(f"{path.name} does not hold what the database holds.")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
