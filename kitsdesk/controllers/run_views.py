"""What the controllers of runs ask of their views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kitsdesk.project.job_rows import JobRow


class RunsView(Protocol):
    """The page Train ▸ Runs."""

    def set_runs(self, rows: Sequence[JobRow]) -> None:
        """Show all runs of the project, newest first."""

    def show_log(self, title: str, text: str) -> None:
        """Show the text of a log, or what it has grown to."""
