"""What a crash left of a case is offered when it is opened: edits, and masks never registered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.recovery_words import (
    discard_question,
    discarded_words,
    edits_question,
    edits_words,
    journal_problem,
    orphan_question,
)
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, ShellView
from kitsdesk.project.journal_file import free_name
from kitsdesk.project.orphan_masks import Orphan, find_orphan
from trainer.contract.errors import KitsDeskError

LATER = "Decide later"


class RecoveryOffers(QObject):
    """Asks once per case and window; until it is answered nothing is changed or lost.

    The edits are in the mask already, as after every opening: continuing only means keeping
    them. Discarding keeps the history's file aside.
    """

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        cases: CaseController,
        canvas: CanvasView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._canvas = canvas
        self._shell = shell
        self._met: set[tuple[Path, str]] = set()
        self._asking = False
        session.caseOpened.connect(self._on_opened)
        session.caseClosed.connect(self._on_closed)

    def _on_opened(self, case: OpenCase) -> None:
        workspace = self._session.project
        if workspace.read_only or case.journal is None:
            return
        problem = journal_problem(case.case, case.journal.recovery, len(case.history.entries()))
        if problem is not None:
            self._shell.show_problem(problem)
        key = (workspace.folder, case.case)
        if key in self._met:
            return
        self._met.add(key)
        self._pool.start(
            f"Looking for masks of {case.case} that were not registered",
            lambda: find_orphan(workspace, case.case),
            done=lambda orphan: self._offer(case, orphan),
            failed=self._shell.show_problem,
        )

    def _offer(self, case: OpenCase, orphan: Orphan | None) -> None:
        if self._session.case is not case:
            return
        if orphan is not None:
            self._choose(
                orphan_question(orphan),
                [("recover", f"Recover it as r{orphan.number}")],
                lambda key: self._on_orphan(case, orphan, key),
                no="Leave it",
            )
        else:
            self._offer_edits(case)

    def _offer_edits(self, case: OpenCase) -> None:
        journal = case.journal
        if not case.unsaved or journal is None or journal.left is None:
            return
        self._choose(
            edits_question(case.case, case.unsaved, journal.left),
            [("discard", "Discard…"), ("continue", "Continue with them")],
            lambda key: self._on_edits(case, key),
            no=LATER,
        )

    def _on_orphan(self, case: OpenCase, orphan: Orphan, key: str) -> None:
        if self._session.case is not case:
            return
        if key != "recover":
            self._offer_edits(case)
            return
        revisions = self._session.revisions

        def done(_revision: object) -> None:
            self._shell.show_message(f"Recovered as r{orphan.number}.")
            self._session.casesChanged.emit([case.case])
            self._open_again(case)

        self._pool.start(
            f"Recovering r{orphan.number}",
            lambda: revisions.recover(orphan.case, orphan.path),
            done=done,
            failed=self._shell.show_problem,
        )

    def _on_edits(self, case: OpenCase, key: str) -> None:
        if self._session.case is not case:
            return
        if key == "continue":
            self._shell.show_message(f"Going on with {edits_words(case.unsaved)}.")
        elif key == "discard":
            edits = case.unsaved
            self._choose(
                discard_question(case.case, edits),
                [("discard", f"Discard {edits_words(edits)}")],
                lambda sure: self._discard(case, bool(sure)),
                no="Keep them",
            )

    def _discard(self, case: OpenCase, sure: bool) -> None:
        journal = case.journal
        if not sure or self._session.case is not case or journal is None:
            return
        self._session.settle()
        edits = case.unsaved
        try:
            kept = journal.keep_copy()
            saved = case.history.saved_position
            if saved is None:
                self._begin_anew(case)
            else:
                self._canvas.refresh_mask(case.history.go_to(saved))
                self._session.tell_edited(None)
        except (KitsDeskError, OSError) as error:
            self._shell.show_problem(
                error if isinstance(error, KitsDeskError) else KitsDeskError(f"{error}.")
            )
            return
        self._shell.show_message(discarded_words(case.case, edits, kept))

    def _begin_anew(self, case: OpenCase) -> None:
        """The saved mask is not on the line of edits: its journal goes aside, whole."""
        assert case.journal is not None
        path = case.journal.path
        self._session.close_case()
        os.replace(path, free_name(path, "discarded"))
        self._cases.open(case.case)

    def _open_again(self, case: OpenCase) -> None:
        if self._session.case is case:
            self._met.discard((self._session.project.folder, case.case))
            self._session.close_case()
            self._cases.open(case.case)

    def _choose(
        self,
        question: str,
        options: list[tuple[str, str]],
        answered: Callable[[str], None],
        no: str,
    ) -> None:
        def first(key: str) -> None:
            self._asking = False
            answered(key)

        self._asking = True
        self._shell.choose(question, options, first, no=no)

    def _on_closed(self) -> None:
        if self._asking:
            self._shell.withdraw()
