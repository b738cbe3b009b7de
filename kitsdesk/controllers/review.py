"""The Review tab: what the prediction contradicts, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.fold_display import FoldDisplay
from kitsdesk.controllers.mask_names import mask_name
from kitsdesk.controllers.review_reading import ReviewReading, read_review, with_suspicion
from kitsdesk.controllers.review_words import against_sentence
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.settled_parts import SettledParts
from kitsdesk.controllers.settled_writing import SettledWriting
from kitsdesk.controllers.taking_here import take_disagreement
from kitsdesk.controllers.views import CanvasView, ReviewView, ShellView
from kitsdesk.editing.gates import LOCKED
from kitsdesk.project.component_store import Settled
from kitsdesk.review.disagreement import Disagreement
from kitsdesk.review.rows import ReviewFacts
from trainer.contract.export_manifest import Decision

AGREES = "The mask agrees with the prediction there already."


class ReviewController(QObject):
    """Follows the open case: numbers, disagreements, and their settling one by one.

    `compared()`: the disagreements of the open case are known; `settled(key, state)`: a person
    settled one, or it is open again (""). `go_on` may take over what comes after the settling
    of one: it returns whether it did.
    """

    compared = pyqtSignal()
    settled = pyqtSignal(str, str)

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
        self.settling = SettledWriting(session, pool, shell)
        self._settled = SettledParts(session, self.settling)
        self._folds = FoldDisplay(session, pool, editing, canvas, shell)
        self.go_on: Callable[[], bool] = lambda: False
        self._selected: int | None = None
        self._rank = (0, 0)
        session.caseOpened.connect(self._start_over)
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
        return len(self._open_ones())

    @property
    def ready(self) -> bool:
        """Return whether the open case has been compared with its prediction."""
        return self._reading is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the disagreements, in their order."""
        return self._reading.keys if self._reading is not None else ()

    @property
    def selected(self) -> int | None:
        """Return the place of the disagreement that is marked."""
        return self._selected

    @property
    def worst_slice(self) -> int | None:
        """Return the axial slice where most voxels differ, None where none does."""
        differ = self._reading.disagreeing[0] if self._reading is not None else None
        return int(differ.argmax()) if differ is not None and differ.any() else None

    def set_rank(self, rank: int, total: int) -> None:
        """Show where the case stands in the order by suspicion."""
        if (rank, total) != self._rank:
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
        words = self._reading.rows[index].title if self._reading is not None else ""
        gates, item = self._editing.gates, self.disagreements[index]
        patch, held = take_disagreement(case.mask, case.prediction, item, gates, words)
        lock = gates.describe(LOCKED)
        nothing = f"{lock}: nothing was taken." if held else AGREES
        if not self._editing.commit(patch, nothing):
            return
        if held:
            voxels = "1 voxel" if held == 1 else f"{held} voxels"
            self._shell.show_message(
                f"{lock}: {voxels} of it stay as they were, so the disagreement is still open."
            )
            return
        self._shell.show_message(
            "Taken as an edit, not saved yet: Save makes a revision, Done and next decides too."
        )
        self._settle(index, "taken")

    def keep_reference(self, index: int | None = None) -> None:
        """Settle one disagreement in favour of the mask; nothing is written."""
        index = self._selected if index is None else index
        if index is not None:
            self._settle(index, "kept")

    def paint(self, index: int) -> None:
        """Go to a disagreement with the brush in hand and its structure chosen; the first
        edit inside its box settles it."""
        case = self._session.case
        if case is None:
            return
        self.select(index)
        item, key = self.disagreements[index], self.keys[index]
        self._editing.choose_structure(item.structure)
        self._editing.choose_tool("brush")
        self._settled.painted.watch(key, item.box, case, self._settled.of(key))

    def show_fold(self, model: str, fold: int) -> None:
        """Draw one fold's mask as the prediction; again, or fold −1, the held-out one."""
        self._folds.show_fold(model, fold)
        self._show()

    def show_overlay(self, kind: Literal["none", "votes", "entropy"]) -> None:
        """Lay the folds' votes or their entropy over the CT."""
        self._folds.show_overlay(kind)

    def refresh(self) -> None:
        """Compare again, on a copy of the live mask."""
        case = self._session.case
        if case is None:
            return
        if self._task is not None:
            self._task.cancel()
        mask, workspace = case.mask.copy(), self._session.project
        against = mask_name(case)

        def done(reading: ReviewReading) -> None:
            if self._session.case is case:
                self._on_reading(reading)

        self._task = self._pool.start(
            f"Comparing {case.case}",
            lambda: read_review(case, mask, workspace, against),
            done=done,
            failed=self._shell.show_problem,
        )

    def _start_over(self, case: OpenCase) -> None:
        self._selected, self._reading = None, None
        self._settled.begin(case)
        self._folds.shown = None
        self._show()
        self.refresh()

    def _clear(self) -> None:
        self._reading = None
        self._view.set_facts(None)
        self._canvas.set_disagreements(())

    def _on_reading(self, reading: ReviewReading) -> None:
        former, self._reading = self._reading, reading
        self._settled.compared(reading.keys)
        if former is not None:
            self._selected = None
            self._canvas.set_disagreements(())
        case = self._session.case
        if case is not None:
            self._canvas.set_profiles(reading.area, reading.disagreeing)
        self._show()
        if former is None and reading.disagreements and self._editing.tool == "navigate":
            self.select((self._open_ones() or [0])[0])
        self.compared.emit()

    def _on_cases_changed(self, cases: list[str]) -> None:
        case = self._session.case
        if case is not None and case.case in cases:
            self.refresh()

    def _on_history(self) -> None:
        case = self._session.case
        if case is not None and case.prediction is not None:
            for item, key in zip(self.disagreements, self.keys, strict=True):
                if self._settled.edited(key, item, case):
                    self.settled.emit(key, self._settled.of(key) or "")
        self._show()

    def _settle(self, index: int, how: Settled) -> None:
        self._settled.painted.forget(self.keys[index])
        self._settled.put(self.keys[index], how)
        self._show()
        self.settled.emit(self.keys[index], how)
        following = self._open_ones()
        if not self.go_on() and following:
            later = [i for i in following if i > index]
            self.select((later or following)[0])

    def _open_ones(self) -> list[int]:
        return [i for i, key in enumerate(self.keys) if self._settled.of(key) is None]

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
                replace(row, settled=self._settled.of(key) or "")
                for row, key in zip(reading.rows, reading.keys, strict=True)
            ),
            disagreeing_ml=sum(item.ml for item in reading.disagreements),
            folds=tuple(
                replace(chip, shown=(chip.model, chip.fold) == self._folds.shown)
                for chip in reading.folds
            ),
            against=against_sentence(case),
        )
        return facts if reading.suspicion is None else with_suspicion(facts, case, reading)

    def proposed(self) -> Decision:
        """Return the decision that the person's edits amount to."""
        case = self._session.case
        if case is None or not (case.unsaved or (case.base is not None and case.base.number)):
            return "kept"
        return "corrected"
