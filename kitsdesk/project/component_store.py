"""The disagreements of all cases, found once and kept, with their pictures and their fate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.picture_store import Name, PictureStore
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.components import Component
from kitsdesk.review.fold_patterns import FoldVote

Settled = Literal["taken", "kept", "painted"]


class Components:
    """Reads and writes the components of a project; callable from any thread.

    What a case has is valid for one `made_from`: its working mask and its prediction.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._store = workspace.store
        # A project opened read-only may be older than these tables.
        self._there = workspace.store.has_table("components")
        self._author = workspace.author
        self._pictures = PictureStore(workspace.folder)

    def made_from(self) -> dict[str, str]:
        """Return case → what its components were found in."""
        if not self._there or not self._pictures.there:
            return {}
        rows = self._store.query("SELECT case_id, made_from FROM component_sets")
        return {row["case_id"]: row["made_from"] for row in rows}

    def all(self, valid: Mapping[str, str]) -> list[Component]:
        """Return the components of the cases whose `made_from` is still that of `valid`,
        the largest first; ties by case, then place."""
        made = self.made_from()
        if not made:
            return []
        current = {case for case, wanted in valid.items() if made.get(case) == wanted}
        rows = self._store.query(
            "SELECT case_id, record FROM components ORDER BY ml DESC, case_id, place"
        )
        return [_component(row["record"]) for row in rows if row["case_id"] in current]

    def of(self, case: str) -> list[Component]:
        """Return the components kept of one case, in its list's order."""
        rows = self._store.query(
            "SELECT record FROM components WHERE case_id = ? ORDER BY place", (case,)
        )
        return [_component(row["record"]) for row in rows]

    def put(
        self,
        case: str,
        made_from: str,
        components: Sequence[Component],
        pictures: Sequence[NDArray[np.uint8]],
    ) -> None:
        """Replace what is kept of a case; `pictures` are RGB, one for each component."""
        keys = [component.key for component in components]
        self._pictures.put(case, list(zip(keys, pictures, strict=True)))
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM components WHERE case_id = ?", (case,))
            connection.executemany(
                "INSERT INTO components VALUES (?, ?, ?, ?, ?)",
                [(case, c.place, c.key, c.ml, json.dumps(asdict(c))) for c in components],
            )
            connection.execute(
                "INSERT OR REPLACE INTO component_sets VALUES (?, ?)", (case, made_from)
            )

    def pictures(self, names: Sequence[Name]) -> dict[Name, NDArray[np.uint8]]:
        """Return the RGB pictures of these components; one that is not kept is left out."""
        return self._pictures.read(names)

    def settle_all(self, states: Mapping[Name, Settled | None]) -> None:
        """Remember what became of components, None = open again, all or none."""
        gone = [name for name, state in states.items() if state is None]
        rows = [(*name, state, self._author, now()) for name, state in states.items() if state]
        with self._store.transaction() as connection:
            connection.executemany(
                "DELETE FROM settled_components WHERE case_id = ? AND key = ?", gone
            )
            connection.executemany(
                "INSERT OR REPLACE INTO settled_components VALUES (?, ?, ?, ?, ?)", rows
            )

    def settled(self, case: str | None = None) -> dict[Name, Settled]:
        """Return what became of components, of one case or of all; the others are open."""
        if not self._there:
            return {}
        where, values = ("WHERE case_id = ?", (case,)) if case is not None else ("", ())
        rows = self._store.query(
            f"SELECT case_id, key, state FROM settled_components {where}", values
        )
        return {(row["case_id"], row["key"]): row["state"] for row in rows}

    def call_unlike(self, anchor: str, key: str) -> None:
        """Remember that a person finds component `key` not like `anchor`."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO unlike_components VALUES (?, ?, ?, ?)",
                (anchor, key, self._author, now()),
            )

    def unlike(self, anchor: str) -> frozenset[str]:
        """Return the keys that were called not like `anchor`."""
        rows = self._store.query("SELECT key FROM unlike_components WHERE anchor = ?", (anchor,))
        return frozenset(str(row["key"]) for row in rows)


def _component(text: str) -> Component:
    stored: dict[str, Any] = json.loads(text)
    stored["centre"] = tuple(stored["centre"])
    # Not there in what was kept before it was noted.
    stored["fold_pattern"] = tuple(FoldVote(**vote) for vote in stored.get("fold_pattern", ()))
    return Component(**stored)
