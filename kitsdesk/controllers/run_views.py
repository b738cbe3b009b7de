"""What the controllers of runs ask of their views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.place_facts import DryRun, PlaceFacts, PredictAllFacts


class RunsView(Protocol):
    """The page Train ▸ Runs."""

    def set_runs(self, rows: Sequence[JobRow]) -> None:
        """Show all runs of the project, newest first."""

    def show_log(self, title: str, text: str) -> None:
        """Show the text of a log, or what it has grown to."""


class PlaceView(Protocol):
    """A sheet on which a person chooses where a run is to run."""

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer the cluster, the other queue and the SSH host of the settings."""

    def set_place(self, facts: PlaceFacts | None) -> None:
        """Show what the chosen place said of itself; None while it is asked."""

    def show_dry_run(self, shown: DryRun) -> None:
        """Show the scripts and commands of a dry run."""


class PredictAllView(PlaceView, Protocol):
    """The Predict all… sheet."""

    def show_prediction(self, facts: PredictAllFacts) -> None:
        """Open with these numbers."""

    def close_sheet(self) -> None:
        """Close it, the run is under way."""
