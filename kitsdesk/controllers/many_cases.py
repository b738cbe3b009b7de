"""Work on the masks of several cases at once, off the UI thread; the open one is put aside."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.decisions import Decided, Decisions
from kitsdesk.project.whole_masks import restore_reference, use_prediction
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.list_preview import ListApplied
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

Work = Callable[[], Generator[str, None, ListApplied]]
SHOWN_REFUSALS = 2


class ManyCases(QObject):
    """Runs one piece of work at a time. Two journals of one case would write over each
    other, so a case in the work is closed before it and comes back after it."""

    def __init__(
        self, session: Session, pool: TaskPool, cases: CaseController, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._shell = shell
        self._busy = False

    def run(
        self,
        name: str,
        touched: Sequence[str],
        work: Work,
        ended: Callable[[ListApplied], None],
    ) -> None:
        """Start `work` once the saves under way have ended; `touched` are its cases."""
        if self._busy:
            self._shell.show_message("The masks of several cases are being changed already.")
            return
        self._busy = True
        self._cases.when_saved(lambda: self._start(name, list(touched), work, ended))

    def _start(
        self, name: str, touched: list[str], work: Work, ended: Callable[[ListApplied], None]
    ) -> None:
        workspace = self._session.workspace
        if workspace is None:
            self._busy = False
            return
        case = self._session.case
        reopen = case.case if case is not None and case.case in touched else ""
        if reopen:
            self._session.close_case()

        def over() -> None:
            self._busy = False
            if self._session.workspace is workspace:
                self._session.casesChanged.emit(touched)
                if reopen and self._session.case is None:
                    self._cases.open(reopen)

        def done(applied: ListApplied) -> None:
            over()
            ended(applied)

        def failed(error: KitsDeskError) -> None:
            over()
            self._shell.show_problem(error)

        self._pool.start(
            name,
            work,
            done=done,
            failed=failed,
            progressed=lambda at: self._shell.show_message(f"{name}: {at}…"),
        )


def decide_on_masks(
    workspace: Workspace, cases: Sequence[str], decision: Decision, reason: str, author: str
) -> Generator[str, None, ListApplied]:
    """Take the held-out prediction ("replaced") or the reference ("unreviewed") in each
    case, then record the decisions as one; a case that cannot stays as it was."""
    decided: list[Decided] = []
    refused: dict[str, str] = {}
    for case in cases:
        yield case
        try:
            if decision == "replaced":
                use_prediction(workspace, case, reason)
            else:
                restore_reference(workspace, case)
        except KitsDeskError as error:
            refused[case] = error.happened
        else:
            decided.append(Decided(case, decision, reason))
    if decided:
        Decisions(workspace).decide_each(decided, author)
    return ListApplied(tuple(item.case for item in decided), refused)


def refusals(applied: ListApplied) -> str:
    """Return why cases stayed as they were, in a sentence; "" where none did."""
    if not applied.refused:
        return ""
    told: list[Any] = list(applied.refused.values())
    more = f" and {len(told) - SHOWN_REFUSALS} more" if len(told) > SHOWN_REFUSALS else ""
    sentences = " ".join(one if one.endswith(".") else f"{one}." for one in told[:SHOWN_REFUSALS])
    return f"{len(told)} left as they were{more}: {sentences}"
