"""How many folds agree in each voxel, read in the background before a gate asks for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from trainer.contract.errors import KitsDeskError


class FoldVotes(QObject):
    """Keeps the votes for one structure at hand while the gate "only where folds agree" is on."""

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._shell = shell
        self._asked: set[int] = set()
        self._wanted = 0
        session.caseOpened.connect(self._start_over)
        session.casesChanged.connect(self._on_cases_changed)

    def want(self, structure: int) -> None:
        """Have the votes for `structure` at hand from now on, for each case (0 = none)."""
        self._wanted = structure
        self._fetch()

    def of(self, structure: int) -> NDArray[np.uint8] | None:
        """Return how many folds say `structure`, uint8 (z, y, x); None until they are read."""
        case = self._session.case
        return case.votes.get(structure) if case is not None else None

    @property
    def reading(self) -> bool:
        """Return whether the votes that are wanted are still being read."""
        return self._wanted in self._asked

    def _fetch(self) -> None:
        case, structure, asked = self._session.case, self._wanted, self._asked
        if case is None or case.scores is None or not structure:
            return
        if structure in case.votes or structure in asked:
            return
        predictions = self._session.predictions
        asked.add(structure)

        def done(votes: NDArray[np.uint8] | None) -> None:
            asked.discard(structure)
            if votes is not None and asked is self._asked:
                case.votes[structure] = votes

        def failed(error: KitsDeskError) -> None:
            asked.discard(structure)
            self._shell.show_problem(error)

        self._pool.start(
            "Reading the folds' votes",
            lambda: predictions.votes(case.case, structure),
            done=done,
            failed=failed,
        )

    def _start_over(self, _case: object = None) -> None:
        self._asked = set()
        self._fetch()

    def _on_cases_changed(self, cases: list[str]) -> None:
        case = self._session.case
        if case is not None and case.case in cases and not case.votes:
            self._start_over()
