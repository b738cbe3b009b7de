"""How many faults are left, from what was decided; and the faults planted to learn it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, QTimer

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.curation_views import EstimateView, PaceView
from kitsdesk.controllers.deciding import DecisionController
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.fault_evidence import evidence
from kitsdesk.project.planted_faults import PlantedFault, PlantedFaults
from kitsdesk.project.review_times import ReviewTimes
from kitsdesk.review.fault_model import Evidence
from kitsdesk.review.pace import ActiveTime, pace_words, progress_sentence, time_left
from kitsdesk.review.progress import progress
from kitsdesk.review.recall import FaultEstimate, advice, estimate

# Rows come one by one after a change: the estimate waits until they have settled.
SETTLE_MS = 400


class EstimateController(QObject):
    """Keeps the estimate and the reader's pace true, off the UI thread."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        decisions: DecisionController,
        view: EstimateView,
        pace: PaceView,
        shell: ShellView,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._view = view
        self._pace = pace
        self._shell = shell
        self._clock = clock
        self._active = ActiveTime()
        self._task: Task | None = None
        self._told: FaultEstimate | None = None
        self._progress = ""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._estimate)
        session.caseOpened.connect(self._begin_case)
        session.casesChanged.connect(lambda _cases: self._settle.start())
        session.predictionsChanged.connect(lambda _cases: self._settle.start())
        session.projectOpened.connect(self._settle.start)
        session.projectClosed.connect(self._on_closed)
        decisions.decided.connect(self._on_decided)
        decisions.planted.judged.connect(self._settle.start)

    @property
    def told(self) -> FaultEstimate | None:
        """Return the newest estimate, None before there is one."""
        return self._told

    def refresh(self) -> None:
        """Estimate again once the changes under way have settled: the list was scored."""
        if self._session.workspace is not None:
            self._settle.start()

    def touch(self) -> None:
        """Note that the reader does something: a key, a click, the wheel, the pointer."""
        if self._session.case is not None:
            self._active.touch(self._clock())

    def show(self) -> None:
        """Open the sheet with the newest estimate."""
        if self._told is None:
            self._shell.show_message("The estimate is being made. Ask again in a moment.")
            self._settle.start()
            return
        why = "The project is open read-only." if self._session.project.read_only else ""
        shown = len(self._session.planted.active())
        self._view.show_estimate(self._told, advice(self._told), self._progress, shown, why)

    def plant(self, share: float) -> None:
        """Plant faults for display in a share of the cases not reviewed."""
        workspace = self._session.project
        case = self._session.case
        avoid = (case.case,) if case is not None else ()

        def done(planted: list[PlantedFault]) -> None:
            if self._session.workspace is not workspace:
                return
            count = "1 case shows" if len(planted) == 1 else f"{len(planted)} cases show"
            self._session.casesChanged.emit([fault.case for fault in planted])
            self._shell.show_message(
                f"{count} a planted fault from now on. Each goes by itself once you decide."
            )
            self._show_again()

        self._pool.start(
            "Planting faults",
            lambda: PlantedFaults(workspace).plant(share, avoid),
            done=done,
            failed=self._shell.show_problem,
            progressed=lambda _case: self._shell.show_message("Planting faults…"),
        )

    def remove_planted(self) -> None:
        """Remove all planted faults that are still shown; a case open with one comes back."""
        judge_cases = self._session.planted.active()
        if not judge_cases:
            self._shell.show_message("No fault is planted.")
            return
        case = self._session.case
        reopen = case.case if case is not None and case.planted is not None else ""
        self._session.planted.remove()
        if reopen:
            self._session.close_case()
        self._session.casesChanged.emit(list(judge_cases))
        self._shell.show_message("The planted faults were removed.")
        self._show_again()

    def _begin_case(self, _case: OpenCase) -> None:
        self._active = ActiveTime()
        self._active.touch(self._clock())

    def _on_decided(self, cases: list[str]) -> None:
        case = self._session.case
        if case is not None and cases == [case.case]:
            seconds = self._active.stop(self._clock())
            ReviewTimes(self._session.project).add(case.case, seconds, self._session.author)
            self._active = ActiveTime()

    def _estimate(self) -> None:
        workspace, author = self._session.workspace, self._session.author
        if workspace is None:
            return
        if self._task is not None and not self._task.finished:
            self._settle.start()
            return

        def work() -> tuple[FaultEstimate, str, str]:
            told = estimate(evidence(workspace), PlantedFaults(workspace).counts())
            current = self._session.decisions.all_current()
            counts = progress(
                {
                    r.case: current[r.case].decision if r.case in current else "unreviewed"
                    for r in workspace.cases()
                }
            )
            times = ReviewTimes(workspace).of(author)
            left = time_left(times, counts.total - counts.reviewed)
            return told, pace_words(left), progress_sentence(counts.reviewed, counts.total, left)

        def done(found: tuple[FaultEstimate, str, str]) -> None:
            if self._session.workspace is not workspace:
                return
            self._told, words, self._progress = found
            self._pace.set_estimate(words)
            self._pace.set_chances(self._shown_chances(self._told) if self._told.reviewed else {})

        self._task = self._pool.start(
            "Estimating the faults left", work, done=done, failed=self._shell.show_problem
        )

    def _shown_chances(self, told: FaultEstimate) -> dict[str, float]:
        """Return the chances as the list shows them: a planted fault's case has that of the
        faulty copy, or its number would give it away."""
        active = self._session.planted.active()
        copies = [
            Evidence(case, fault.suspicion.value, fault.suspicion.misfit)
            for case, fault in active.items()
        ]
        means = told.model.chances(copies).mean(axis=0) if copies else []
        shown = {copy.case: float(mean) for copy, mean in zip(copies, means, strict=True)}
        return {**told.chances, **shown}

    def _show_again(self, _result: Any = None) -> None:
        self._settle.start()
        if self._told is not None:
            self.show()

    def _on_closed(self) -> None:
        self._settle.stop()
        self._told, self._progress = None, ""
        self._pace.set_estimate("")
        self._pace.set_chances({})
