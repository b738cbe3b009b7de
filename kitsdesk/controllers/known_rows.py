"""The rows of the case list as they are known before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kitsdesk.controllers.planted_display import PlantedRows
from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.rows import CaseRow
from kitsdesk.review.suspicion import OrderKey, order_key


@dataclass(frozen=True)
class KnownRows:
    """What is known of a project's cases before anything is computed, and of which cases
    that is not all."""

    rows: tuple[CaseRow, ...]
    incomplete: tuple[str, ...]


def known_rows(workspace: Workspace) -> KnownRows:
    """Return the rows as the list shows them; callable from any thread."""
    scores, shown = CaseScores(workspace), PlantedRows(PlantedFaults(workspace))
    rows = tuple(shown.row(row) for row in scores.known_rows())
    return KnownRows(rows, tuple(scores.incomplete))


def suspicion_order(rows: Iterable[CaseRow]) -> list[str]:
    """Return the ids, most suspicious first."""

    def key(row: CaseRow) -> OrderKey:
        return order_key(row.case, row.suspicion, row.misfit, row.disagreeing_ml)

    return [row.case for row in sorted(rows, key=key)]
