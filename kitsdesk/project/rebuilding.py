"""A project whose database is damaged, made whole again: backup, what is readable, folders."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kitsdesk.project.audit_chain import GENESIS, entry_hash
from kitsdesk.project.backups import backups, is_whole, row_counts
from kitsdesk.project.journal_file import sync_folder
from kitsdesk.project.locking import ProjectLock
from kitsdesk.project.store import STORE_NAME, Store
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import WriteFailed, safe_write

DAMAGED = "damaged"
# Made again from files when they are asked for; all other tables hold what a person did.
_MADE_AGAIN = {
    "case_scores",
    "thumbnails",
    "component_sets",
    "components",
    "component_pictures",
    "image_facts",
}
_LOGS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuilt project stands on: `kept` is the folder of the damaged file, `backup` the
    day of the copy ("" without one), `read` how many rows the damaged file still gave."""

    kept: Path
    backup: str
    read: int
    cases: int

    def words(self) -> str:
        """Return one paragraph for the person."""
        base = f"the backup of {self.backup}" if self.backup else "an empty database"
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        again = (
            ""
            if self.cases
            else " Add the data set again: masks and histories are found by their case ids."
        )
        return (
            f"The project was rebuilt from {base}, {self.read} rows that the damaged file still "
            f"gave, and its folders: {cases}. The damaged file is kept in "
            f"{self.kept.parent.name}/{self.kept.name}.{again}"
        )


def rebuild_project(folder: Path, author: str = "") -> Rebuilt:
    """Replace a damaged project.sqlite; the damaged file is kept under damaged/.

    Masks that were saved after the backup are no rows any more: they are offered as recovered
    when their case is opened. The log says that the project was rebuilt.

    Raises
    ------
    ProjectNotWritable : somebody else has the project open.
    WriteFailed : there is no room; the damaged file is where it was.
    """
    lock = ProjectLock(folder)
    if not lock.acquire() and lock.barrier is not None:
        raise lock.barrier
    try:
        kept, backup, read = _rebuild(folder)
    except (OSError, sqlite3.Error) as error:
        raise WriteFailed(
            f"{folder.name} could not be rebuilt: {error}.",
            kept="The damaged file is where it was.",
            advice=f"Check the free space and the permissions of {folder}.",
        ) from error
    finally:
        lock.release()
    with Workspace.open(folder, author=author) as workspace:
        cases = len(workspace.cases())
        rebuilt = Rebuilt(kept, backup, read, cases)
        workspace.audit.append(
            "project rebuilt",
            workspace.author,
            backup=backup,
            rows_read=read,
            damaged_file=f"{DAMAGED}/{kept.name}",
        )
    return rebuilt


def _rebuild(folder: Path) -> tuple[Path, str, int]:
    path = folder / STORE_NAME
    kept = folder / DAMAGED / datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
    kept.mkdir(parents=True, exist_ok=True)
    for ending in _LOGS:
        beside = folder / f"{STORE_NAME}{ending}"
        if beside.is_file():
            _copy(beside, kept / beside.name)
    base = next((backup for backup in backups(folder) if is_whole(backup.path)), None)
    with TemporaryDirectory(dir=folder, prefix=".rebuilding.") as work:
        fresh = Path(work) / "fresh" / STORE_NAME
        fresh.parent.mkdir()
        if base is not None:
            shutil.copyfile(base.path, fresh)
        Store(fresh, network=True).close()  # migrated, and one file without a log beside it
        wreck = Path(work) / "wreck"
        shutil.copytree(kept, wreck)
        read = _read_over(wreck / STORE_NAME, fresh)
        # A log of the damaged file must never be taken for one of the new file.
        for ending in _LOGS[1:]:
            (folder / f"{STORE_NAME}{ending}").unlink(missing_ok=True)
        sync_folder(folder)
        _copy(fresh, path)
    return kept, base.day if base is not None else "", read


def _copy(source: Path, target: Path) -> None:
    safe_write(
        target,
        lambda temporary: _bytes(source, temporary),
        expected_bytes=source.stat().st_size,
    )


def _bytes(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _read_over(wreck: Path, fresh: Path) -> int:
    """Copy what can be read of the damaged database; rows of the newer file win."""
    if not wreck.is_file():
        return 0
    with closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        count = 0
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(wreck)) as old:
            old.row_factory = sqlite3.Row
            for table in sorted(row_counts(new).keys() - _MADE_AGAIN - {"audit"}):
                count += _copy_rows(old, new, table)
            count += _copy_log(old, new)
        new.execute("COMMIT")
    return count


def _copy_rows(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    known = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    count = 0
    for row in _readable(old, f"SELECT * FROM {table}"):
        columns = [name for name in row.keys() if name in known]  # noqa: SIM118 - a Row is no dict
        with contextlib.suppress(sqlite3.Error):
            _put(new, table, columns, [row[name] for name in columns])
            count += 1
    return count


def _copy_log(old: sqlite3.Connection, new: sqlite3.Connection) -> int:
    """Add the entries that follow from the last one of the backup, as far as the chain holds."""
    last = new.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    number, head = last if last is not None else (0, GENESIS)
    count = 0
    for row in _readable(old, f"SELECT * FROM audit WHERE id > {int(number)} ORDER BY id"):
        values = list(row)
        # id, created, author, action, case_id, details, previous, hash
        if row["previous"] != head or entry_hash(*values[:7]) != row["hash"]:
            break
        _put(new, "audit", row.keys(), values)
        head, count = row["hash"], count + 1
    return count


def _readable(connection: sqlite3.Connection, sql: str) -> list[sqlite3.Row]:
    """Return the rows up to the first one that is damaged."""
    rows: list[sqlite3.Row] = []
    with contextlib.suppress(sqlite3.Error):
        for row in connection.execute(sql):
            rows.append(row)
    return rows


def _put(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], values: Sequence[object]
) -> None:
    marks = ", ".join("?" for _ in columns)
    connection.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(values)
    )


def rebuild_question(folder: Path, error: KitsDeskError) -> str:
    """Return what is asked before a project is rebuilt."""
    base = next((backup for backup in backups(folder) if is_whole(backup.path)), None)
    source = f"its backup of {base.day} and its folders" if base else "its folders"
    return (
        f"{error.happened} Rebuild {folder.name} from {source}? The damaged file is kept, and "
        "what can still be read of it is used."
    )
