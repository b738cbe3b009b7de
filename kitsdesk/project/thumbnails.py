"""Small pictures of the cases for the list, made once and kept in the database."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.pictures import thumbnail
from trainer.imaging.volume import Volume


class Thumbnails:
    """An axial slice of every case, uint8 (rows, columns), patient's right on the left."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> dict[str, NDArray[np.uint8]]:
        """Return the pictures that were made before, by case."""
        rows = self._workspace.store.query("SELECT * FROM thumbnails")
        return {row["case_id"]: _picture(row) for row in rows}

    def of(self, case: str, volume: Volume | None = None) -> NDArray[np.uint8]:
        """Return a case's picture, made where it never was from `volume`, its CT (None = read).

        Raises
        ------
        KitsDeskError : the CT or the mask cannot be read.
        """
        rows = self._workspace.store.query("SELECT * FROM thumbnails WHERE case_id = ?", (case,))
        if rows:
            return _picture(rows[0])
        if volume is None:
            volume = self._workspace.read_case(case)
        return self.make(case, volume, Revisions(self._workspace).load(case)[0])

    def make(
        self, case: str, volume: Volume, mask: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        """Make and keep the picture of a CT in memory, at the slice with most of `mask`."""
        picture = thumbnail(volume, mask)
        if not self._workspace.read_only:
            with self._workspace.store.transaction() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO thumbnails VALUES (?, '', ?, ?, ?)",
                    (case, picture.shape[0], picture.shape[1], picture.tobytes()),
                )
        return picture


def _picture(row: Any) -> NDArray[np.uint8]:
    pixels = np.frombuffer(row["pixels"], np.uint8)
    return pixels.reshape(row["rows"], row["columns"])
