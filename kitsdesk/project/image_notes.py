"""What the CT of each case shows by itself, found once beside its thumbnail and kept."""

from __future__ import annotations

import json
from dataclasses import asdict

from kitsdesk.project.thumbnails import Thumbnails
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.image_reasons import ImageFacts, image_facts
from trainer.imaging.volume import Volume

# Raised whenever what is found changes.
_VERSION = "1"


class ImageNotes:
    """Repeated slices and second phases of the cases; callable from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> dict[str, ImageFacts]:
        """Return the facts that were found before, by case."""
        if not self._workspace.store.has_table("image_facts"):
            return {}
        rows = self._workspace.store.query(
            "SELECT case_id, record FROM image_facts WHERE made_from = ?", (_VERSION,)
        )
        return {row["case_id"]: _facts(row["record"]) for row in rows}

    def of(self, case: str) -> ImageFacts:
        """Return a case's facts, reading its CT where they were never found.

        The thumbnail, which needs the same CT, is made on the way.

        Raises
        ------
        KitsDeskError : the CT or the mask cannot be read.
        """
        if not self._workspace.store.has_table("image_facts"):
            return ImageFacts()
        rows = self._workspace.store.query(
            "SELECT record FROM image_facts WHERE case_id = ? AND made_from = ?", (case, _VERSION)
        )
        if rows:
            return _facts(rows[0]["record"])
        volume = self._workspace.read_case(case)
        Thumbnails(self._workspace).of(case, volume)
        return self.make(case, volume)

    def make(self, case: str, volume: Volume) -> ImageFacts:
        """Find and keep the facts of a CT in memory."""
        found = image_facts(volume)
        if not self._workspace.read_only:
            with self._workspace.store.transaction() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO image_facts VALUES (?, ?, ?)",
                    (case, _VERSION, json.dumps(asdict(found))),
                )
        return found


def _facts(text: str) -> ImageFacts:
    stored = json.loads(text)
    phase = stored["second_phase"]
    return ImageFacts(
        tuple((int(one), int(other)) for one, other in stored["repeated"]),
        None if phase is None else (int(phase[0]), int(phase[1])),
    )
