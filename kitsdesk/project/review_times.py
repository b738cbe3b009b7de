"""How long each case took its reader, for the estimate of the time left."""

from __future__ import annotations

from kitsdesk.project.known_tables import has_table
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace

# A longer look at one case is a window left open, not work.
LONGEST_S = 3600.0


class ReviewTimes:
    """Active seconds per reviewed case; never leaves the project."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def add(self, case: str, seconds: float, author: str) -> None:
        """Keep the active time that led to a decision; nothing in a read-only project."""
        if self._workspace.read_only or seconds <= 0:
            return
        with self._workspace.store.transaction() as connection:
            connection.execute(
                "INSERT INTO review_times (case_id, author, seconds, created) VALUES (?, ?, ?, ?)",
                (case, author, min(seconds, LONGEST_S), now()),
            )

    def of(self, author: str) -> list[float]:
        """Return this reader's seconds per case, oldest first."""
        if not has_table(self._workspace.store, "review_times"):
            return []
        rows = self._workspace.store.query(
            "SELECT seconds FROM review_times WHERE author = ? ORDER BY id", (author,)
        )
        return [float(row["seconds"]) for row in rows]
