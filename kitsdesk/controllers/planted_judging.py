"""What becomes of a planted fault once the reader decides on its case."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.planted_display import was_found
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from trainer.contract.export_manifest import Decision


class PlantedJudge(QObject):
    """Takes decisions on cases with a planted fault: they are verdicts on the fault, never
    decisions on the case, which comes back as it was, unreviewed."""

    judged = pyqtSignal()

    def __init__(
        self, session: Session, pool: TaskPool, cases: CaseController, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._shell = shell
        cases.plantedSaveAsked.connect(self.judge_correction)

    def among(self, cases: Sequence[str]) -> list[str]:
        """Return the cases that show a planted fault."""
        if self._session.workspace is None:
            return []
        active = self._session.planted.active()
        return [case for case in cases if case in active]

    def judge(self, cases: Sequence[str], decision: Decision) -> None:
        """Note the verdict on each: kept is missed, put off is none, all else is found."""
        faults = self._session.planted
        words = []
        for case in cases:
            if decision in ("deferred", "unreviewed"):
                faults.remove([case])
                words.append(f"{case} had a planted fault; it was removed without a verdict.")
            else:
                words.append(self._end(case, found=decision != "kept"))
        self._show_again(list(cases), " ".join(words))

    def judge_correction(self) -> None:
        """Note whether the edits of the open case took the planted fault back."""
        case, workspace = self._session.case, self._session.project
        if case is None or case.planted is None:
            return
        self._session.settle()

        def done(found: bool) -> None:
            if self._session.workspace is workspace:
                self._show_again([case.case], self._end(case.case, found=found))

        self._pool.start(
            f"Comparing {case.case}",
            lambda: was_found(workspace, case),
            done=done,
            failed=self._shell.show_problem,
        )

    def _end(self, case: str, *, found: bool) -> str:
        fault = self._session.planted.judge(case, found)
        if fault is None:
            return f"{case} is as it was."
        told = "you found it" if found else "it was missed"
        return f"{case} had a planted fault ({fault.kind}): {told}. The real mask is back."

    def _show_again(self, cases: list[str], words: str) -> None:
        case = self._session.case
        reopened = case.case if case is not None and case.case in cases else ""
        if reopened:
            self._session.close_case()
            self._cases.open(reopened, lambda: self._shell.show_message(words))
        self._session.casesChanged.emit(cases)
        self._shell.show_message(words)
        self.judged.emit()
