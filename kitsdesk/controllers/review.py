"""The Review tab: what the prediction contradicts, and what a person makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.review_reading import ReviewReading, read_overlay, read_review
from kitsdesk.controllers.review_words import against_sentence, mark_sentence
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, ReviewView, ShellView
from kitsdesk.editing.box import box_slices
from kitsdesk.editing.patch import Patch
from kitsdesk.review.disagreement import Disagreement, agrees, taken
from kitsdesk.review.rows import ReviewFacts
from kitsdesk.review.suspicion import Suspicion
from trainer.contract.export_manifest import Decision

Settled = Literal["", "taken", "kept", "painted"]


class ReviewController(QObject):
    """Follows the open case: numbers, disagreements, and their settling one by one."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        cases: CaseController,
        editing: EditingController,
        canvas: CanvasView,
        view: ReviewView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._editing = editing
        self._canvas = canvas
        self._view = view
        self._shell = shell
        self._task: Task | None = None
        self._reading: ReviewReading | None = None
        self._settled: dict[int, Settled] = {}
        self._selected: int | None = None
        self._shown_fold: tuple[str, int] | None = None
        self._rank = (0, 0)
        session.caseOpened.connect(lambda _case: self._start_over())
        session.caseClosed.connect(self._clear)
        session.casesChanged.connect(self._on_cases_changed)
        session.historyChanged.connect(self._on_history)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return the open case's disagreements, largest first, boundary differences as one."""
        return self._reading.disagreements if self._reading is not None else ()

    @property
    def open_disagreements(self) -> int:
        """Return how many disagreements nobody has settled."""
        return sum(1 for i in range(len(self.disagreements)) if not self._settled.get(i))

    @property
    def ready(self) -> bool:
        """Return whether the open case has been compared with its prediction."""
        return self._reading is not None

    def set_rank(self, rank: int, total: int) -> None:
        """Show where the case stands in the order by suspicion."""
        self._rank = (rank, total)
        self._show()

    def select(self, index: int) -> None:
        """Mark a disagreement, hatch it and go to its centre."""
        if not 0 <= index < len(self.disagreements):
            return
        self._selected = index
        case, item = self._session.case, self.disagreements[index]
        assert case is not None
        left, posterior, superior = (float(v) for v in case.volume.to_mm(item.centre))
        self._canvas.set_disagreements(item.parts or (item,))
        self._canvas.set_crosshair((left, posterior, superior))
        self._view.select_disagreement(index)

    def step(self, steps: int) -> None:
        """Go to the next (+1) or previous (−1) disagreement."""
        if not self.disagreements:
            self._shell.show_message("Reference and prediction have no disagreement to show.")
            return
        start = -1 if self._selected is None and steps > 0 else self._selected or 0
        self.select((start + steps) % len(self.disagreements))

    def take(self, index: int | None = None) -> None:
        """Take the prediction inside one disagreement, as an undoable edit."""
        index = self._selected if index is None else index
        case = self._session.case
        if case is None or index is None or case.prediction is None:
            return
        item = self.disagreements[index]
        cut = box_slices(item.box)
        after = taken(item, case.mask[cut], case.prediction[cut])
        words = self._reading.rows[index].title if self._reading is not None else ""
        patch = Patch.between(f"Take prediction, {words}", item.box, case.mask[cut], after)
        if self._editing.commit(patch, "The mask agrees with the prediction there already."):
            self._settle(index, "taken")

    def keep_reference(self, index: int | None = None) -> None:
        """Settle one disagreement in favour of the mask; nothing is written."""
        index = self._selected if index is None else index
        if index is not None:
            self._settle(index, "kept")

    def paint(self, index: int) -> None:
        """Go to a disagreement with the brush in hand and its structure chosen."""
        self.select(index)
        self._editing.choose_structure(self.disagreements[index].structure)
        self._editing.choose_tool("brush")
        self._settle(index, "painted", go_on=False)

    def show_fold(self, model: str, fold: int) -> None:
        """Draw one fold's mask as the prediction; again, or fold −1, the held-out one."""
        case = self._session.case
        if case is None:
            return
        again = fold < 0 or self._shown_fold == (model, fold)
        self._shown_fold = None if again else (model, fold)
        if again:
            self._canvas.set_prediction(case.prediction)
            self._show()
            return
        predictions, chosen = self._session.predictions, (model, fold)

        def read_done(mask: np.ndarray | None) -> None:
            if self._session.case is case and self._shown_fold == chosen:
                self._canvas.set_prediction(mask)

        self._pool.start(
            "Reading one fold's mask",
            lambda: predictions.fold_mask(case.case, model, fold),
            done=read_done,
            failed=self._shell.show_problem,
        )
        self._show()

    def show_overlay(self, kind: Literal["none", "votes", "entropy"]) -> None:
        """Lay the folds' votes or their entropy over the CT."""
        case = self._session.case
        if case is None or kind == "none":
            self._canvas.set_overlay("none", None)
            return
        predictions, structure = self._session.predictions, self._editing.structure or 1

        def shown(values: np.ndarray | None) -> None:
            if self._session.case is case:
                self._canvas.set_overlay(kind if values is not None else "none", values)

        self._pool.start(
            f"Reading the {kind}",
            lambda: read_overlay(case, kind, structure, predictions),
            done=shown,
            failed=self._shell.show_problem,
        )

    def refresh(self) -> None:
        """Compare again, on a copy of the live mask."""
        case = self._session.case
        if case is None:
            return
        if self._task is not None:
            self._task.cancel()
        mask, workspace = case.mask.copy(), self._session.project

        def done(reading: ReviewReading) -> None:
            if self._session.case is case:
                self._on_reading(reading)

        self._task = self._pool.start(
            f"Comparing {case.case}",
            lambda: read_review(case, mask, workspace),
            done=done,
            failed=self._shell.show_problem,
        )

    def _start_over(self) -> None:
        self._settled, self._selected, self._reading = {}, None, None
        self._shown_fold = None
        self._show()
        self.refresh()

    def _clear(self) -> None:
        self._reading = None
        self._view.set_facts(None)
        self._canvas.set_disagreements(())

    def _on_reading(self, reading: ReviewReading) -> None:
        former, self._reading = self._reading, reading
        if former is not None:
            settled = {_key(former.disagreements[i]): how for i, how in self._settled.items()}
            found = enumerate(reading.disagreements)
            self._settled = {i: settled[_key(item)] for i, item in found if _key(item) in settled}
            self._selected = None
            self._canvas.set_disagreements(())
        case = self._session.case
        if case is not None:
            self._canvas.set_profiles(reading.area, reading.disagreeing)
        self._show()
        if former is None and reading.disagreements and self._editing.tool == "navigate":
            self.select(0)

    def _on_cases_changed(self, cases: list[str]) -> None:
        case = self._session.case
        if case is not None and case.case in cases:
            self.refresh()

    def _on_history(self) -> None:
        case = self._session.case
        if case is not None and case.prediction is not None:
            for index in [i for i, how in self._settled.items() if how == "taken"]:
                item = self.disagreements[index]
                cut = box_slices(item.box)
                if not agrees(item, case.mask[cut], case.prediction[cut]):
                    del self._settled[index]
        self._show()

    def _settle(self, index: int, how: Settled, *, go_on: bool = True) -> None:
        self._settled[index] = how
        self._show()
        following = [i for i in range(len(self.disagreements)) if not self._settled.get(i)]
        if go_on and following:
            later = [i for i in following if i > index]
            self.select((later or following)[0])

    def _show(self) -> None:
        case = self._session.case
        if case is not None:
            self._view.set_facts(self._facts(case))

    def _facts(self, case: OpenCase) -> ReviewFacts:
        facts = ReviewFacts(
            case=case.case,
            decision=self._session.decisions.current(case.case).decision,
            rank=self._rank[0],
            total=self._rank[1],
            proposed=self.proposed(),
            has_prediction=case.prediction is not None,
            has_reference=case.reference is not None,
            edited=bool(case.unsaved),
            read_only=self._session.project.read_only,
        )
        reading = self._reading
        if reading is None:
            return facts
        facts = replace(
            facts,
            volumes=reading.volumes,
            disagreements=tuple(
                replace(row, settled=self._settled.get(row.index, "")) for row in reading.rows
            ),
            disagreeing_ml=sum(item.ml for item in reading.disagreements),
            folds=tuple(
                replace(chip, shown=(chip.model, chip.fold) == self._shown_fold)
                for chip in reading.folds
            ),
            against=against_sentence(case),
        )
        return facts if reading.suspicion is None else _with_suspicion(facts, case, reading)

    def proposed(self) -> Decision:
        """Return the decision that the person's edits amount to."""
        case = self._session.case
        if case is None or not (case.unsaved or (case.base is not None and case.base.number)):
            return "kept"
        return "corrected"


def _with_suspicion(facts: ReviewFacts, case: OpenCase, reading: ReviewReading) -> ReviewFacts:
    found = reading.suspicion or Suspicion()
    return replace(
        facts,
        suspicion=found.value,
        tumor_dice=found.tumor_dice,
        kidney_dice=found.kidney_dice,
        agreement=found.agreement,
        mark=mark_sentence(case, found.mark),
        reasons=reading.reasons,
    )


def _key(item: Disagreement) -> tuple[object, ...]:
    """Return what makes a disagreement the same one after another comparison."""
    return item.structure, item.prediction_only, item.box, round(item.ml, 3)
