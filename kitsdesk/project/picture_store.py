"""Small pictures of disagreements, in a file of their own beside project.sqlite.

They are many and can be made again: kept apart, they burden neither the check of the database
on opening nor its backups.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.packed_pictures import packed, unpacked

PICTURES_NAME = "pictures.sqlite"
Name = tuple[str, str]
"""(case, key) of a component."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS pictures "
    "(case_id TEXT, key TEXT, picture BLOB, PRIMARY KEY (case_id, key))"
)


class PictureStore:
    """Reads and writes the pictures of a project folder; callable from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PICTURES_NAME

    @property
    def there(self) -> bool:
        """Return whether any picture was ever kept; without, all are made again."""
        return self._path.is_file()

    def put(self, case: str, pictures: Sequence[tuple[str, NDArray[np.uint8]]]) -> None:
        """Replace what is kept of a case by (key, RGB picture).

        A file that cannot be written costs pictures, never work.
        """
        rows = [(case, key, packed(picture)) for key, picture in pictures]
        with suppress(sqlite3.Error), self._opened() as connection:
            connection.execute("DELETE FROM pictures WHERE case_id = ?", (case,))
            connection.executemany("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)", rows)

    def read(self, names: Sequence[Name]) -> dict[Name, NDArray[np.uint8]]:
        """Return the pictures of these components; one that is not kept is left out."""
        found: dict[Name, NDArray[np.uint8]] = {}
        if not self.there:
            return found
        sql = "SELECT picture FROM pictures WHERE case_id = ? AND key = ?"
        with suppress(sqlite3.Error), self._opened() as connection:
            for name in names:
                row = connection.execute(sql, name).fetchone()
                if row is not None:
                    found[name] = unpacked(row[0])
        return found

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_TABLE)
            with connection:
                yield connection
