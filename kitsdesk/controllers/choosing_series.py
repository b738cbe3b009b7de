"""Finds the cases at some paths, and asks where a DICOM folder offers several volumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.views import SeriesView, ShellView
from kitsdesk.project.case_sources import CaseSource, discover

Found = Callable[[list[CaseSource]], None]


class SeriesChooser:
    """Nothing is chosen for a person: what is not ticked does not become a case."""

    def __init__(self, pool: TaskPool, view: SeriesView, shell: ShellView) -> None:
        self._pool = pool
        self._view = view
        self._shell = shell

    def find(self, paths: Sequence[Path], then: Found) -> None:
        """Call `then` with the cases found; never where the person chooses none."""

        def work() -> list[CaseSource]:
            return [source for path in paths for source in discover(path)]

        self._pool.start(
            "Looking for cases",
            work,
            done=lambda found: self._choose(found, then),
            failed=self._shell.show_problem,
        )

    def _choose(self, found: list[CaseSource], then: Found) -> None:
        offered = [source for source in found if source.volume is not None]
        if not offered:
            then(found)
            return
        plain = [source for source in found if source.volume is None]

        def chosen(wanted: list[CaseSource]) -> None:
            if plain or wanted:
                then([*plain, *wanted])
            else:
                self._shell.show_message("No series was chosen: nothing was opened.")

        self._view.ask_series(offered, chosen)
