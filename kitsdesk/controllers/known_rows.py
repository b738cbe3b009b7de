"""The rows of the case list as they are known before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass

from kitsdesk.controllers.planted_display import PlantedRows
from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.rows import CaseRow


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
