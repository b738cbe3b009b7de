"""Decisions: keep, correct, replace, exclude, later, restore, and each undone."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.decision_writing import DecisionWriting
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.many_cases import ManyCases, decide_on_masks, refusals
from kitsdesk.controllers.planted_judging import PlantedJudge
from kitsdesk.controllers.review import ReviewController
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CaseListView, ShellView
from kitsdesk.editing.taking import replace_mask
from kitsdesk.project.decisions import ReasonMissing
from kitsdesk.project.revisions import Revision
from kitsdesk.review.list_preview import ListApplied
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

DECISION_WORDS: dict[Decision, str] = {
    "unreviewed": "unreviewed",
    "kept": "kept",
    "corrected": "corrected",
    "replaced": "replaced by the prediction",
    "excluded": "excluded",
    "deferred": "to be decided later",
}


class DecisionController(QObject):
    """Turns buttons and keys into recorded, reversible decisions. Cases chosen together are
    asked about once, decided together and undone together."""

    decided = pyqtSignal(list)  # the cases that a person has just decided on

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        cases: CaseController,
        editing: EditingController,
        review: ReviewController,
        case_list: CaseListView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._editing = editing
        self._review = review
        self._list = case_list
        self._shell = shell
        self._insisted = ""
        self.planted = PlantedJudge(session, pool, cases, shell)
        self._writing = DecisionWriting(session, pool, shell)
        self.many = ManyCases(session, pool, cases, shell)
        session.caseOpened.connect(self._forget_press)

    def keep(self) -> None:
        """Keep the mask of the chosen cases as it is."""
        case = self._session.case
        if case is not None and case.unsaved and self._chosen() == [case.case]:
            self._shell.ask(
                "The mask has edits. Keep the case without them?",
                "Keep, edits stay in the history",
                lambda yes: self._decide("kept") if yes else None,
            )
            return
        self._decide("kept")

    def save_correction(self, then: Callable[[], None] | None = None) -> None:
        """Save the edits as a revision and call the case corrected."""
        case = self._session.case
        if case is None:
            return
        if case.planted is not None:
            self.planted.judge_correction()
            return

        def saved(revision: Revision) -> None:
            if revision.number == 0:
                self._shell.show_message("The mask equals its reference: nothing to correct.")
                return
            self._decide("corrected", cases=[case.case])
            if then is not None:
                then()

        self._cases.save(saved, kind="correction")

    def use_prediction(self, reason: str, then: Callable[[], None] | None = None) -> None:
        """Replace the mask of the chosen cases by the held-out prediction; for a single
        case without one it asks first."""
        case, several = self._session.case, self._chosen()
        if not several:
            return
        if not reason.strip():
            self._shell.show_problem(
                ReasonMissing(
                    "A mask is replaced only with a reason.",
                    kept="Nothing was changed.",
                    advice="Write one sentence that a reader of the data set will understand.",
                )
            )
        elif case is None or len(several) > 1:
            self._decide_masks(several, "replaced", reason)
        elif self.planted.among([case.case]):
            self.planted.judge([case.case], "replaced")
        elif case.prediction is None:
            self._shell.show_message("This case has no prediction.")
        elif case.prediction_is_heldout:
            self._replace(case, reason, then)
        else:
            self._shell.ask(
                f"Every fold has seen this case ({self._folds_that_saw(case)}). "
                "Use their prediction all the same?",
                "Use it",
                lambda yes: self._replace(case, reason, then) if yes else None,
            )

    def exclude(self, reason: str) -> None:
        """Leave the chosen cases out of exports; the reason is stored."""
        self._decide("excluded", reason)

    def decide_later(self) -> None:
        """Put the chosen cases off."""
        self._decide("deferred")

    def restore_reference(self) -> None:
        """Make a new revision equal to the reference; the chosen cases are unreviewed again."""
        case, several = self._session.case, self._chosen()
        if not several:
            return
        if case is None or len(several) > 1:
            self._decide_masks(several, "unreviewed", "")
            return
        if case.reference is None:
            self._shell.show_message("This case has no reference to restore.")
            return
        patch = replace_mask(case.mask, case.reference, "Restore reference")
        if patch is not None and not self._editing.commit(patch):
            return
        if case.planted is not None:
            return
        self._cases.save(
            lambda _revision: self._decide("unreviewed", cases=[case.case]), kind="restore"
        )

    def undo_decision(self) -> None:
        """Take back the newest decision of the chosen cases; for a single one, of all cases
        that were decided together with it."""
        chosen = self._chosen()
        self._writing.finish()
        if len(chosen) == 1:
            chosen = self._session.decisions.made_with(chosen[0])
        try:
            undone = self._session.decisions.undo_all(chosen)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        if not undone:
            self._shell.show_message("No decision to undo here.")
            return
        self._session.casesChanged.emit(undone)
        self._shell.show_message(f"Decision undone: {cases_in_words(undone)}.")

    def done_and_next(self) -> None:
        """Save, decide what the edits amount to, and open the next unreviewed case.

        On an untouched case with open disagreements the first press says how many there
        are; the second keeps it.
        """
        case = self._session.case
        if case is None:
            return
        if case.unsaved:
            self.save_correction(self._cases.open_next_unreviewed)
            return
        if case.prediction is not None and not self._review.ready:
            self._shell.show_message("The mask is still being compared. Press again in a moment.")
            return
        still_open = self._review.open_disagreements
        if still_open and self._insisted != case.case:
            self._insisted = case.case
            count = "1 disagreement is" if still_open == 1 else f"{still_open} disagreements are"
            self._shell.show_message(f"{count} still open. Press again to keep the mask.")
            return
        if self._session.decisions.current(case.case).decision == "unreviewed":
            self._decide(self._review.proposed(), cases=[case.case])
        self._cases.open_next_unreviewed()

    def _forget_press(self, _case: OpenCase) -> None:
        self._insisted = ""

    def _replace(self, case: OpenCase, reason: str, then: Callable[[], None] | None) -> None:
        if case.prediction is None:
            return
        patch = replace_mask(case.mask, case.prediction, "Use prediction")
        if patch is not None and not self._editing.commit(patch):
            return

        def saved(_revision: Revision) -> None:
            self._decide("replaced", reason, cases=[case.case])
            if then is not None:
                then()

        self._cases.save(saved, kind="replacement", note=reason)

    def _folds_that_saw(self, case: OpenCase) -> str:
        if case.scores is None:
            return "unknown folds"
        return ", ".join(f"{use.model} fold {use.fold}" for use in case.scores.folds if use.saw)

    def _decide(self, decision: Decision, reason: str = "", cases: list[str] | None = None) -> None:
        chosen = cases if cases is not None else self._chosen()
        planted = self.planted.among(chosen)
        real = [case for case in chosen if case not in planted]

        def decided() -> None:
            if real:
                self._tell_decided(real, decision)
            if planted:
                self.planted.judge(planted, decision)

        if real:
            self._writing.decide(real, decision, reason, decided)
        else:
            decided()

    def _decide_masks(self, chosen: list[str], decision: Decision, reason: str) -> None:
        planted = self.planted.among(chosen)
        if planted:
            self.planted.judge(planted, decision)
        real = [case for case in chosen if case not in planted]
        self._writing.finish()
        workspace, author = self._session.project, self._session.author

        def ended(applied: ListApplied) -> None:
            words = refusals(applied)
            if applied.changed:
                self._tell_decided(list(applied.changed), decision, words)
            else:
                self._shell.show_message(words)

        self.many.run(
            "Changing masks",
            real,
            lambda: decide_on_masks(workspace, real, decision, reason, author),
            ended,
        )

    def _tell_decided(self, cases: list[str], decision: Decision, besides: str = "") -> None:
        self.decided.emit(cases)
        self._session.casesChanged.emit(cases)
        told = f"{cases_in_words(cases)}: {DECISION_WORDS[decision]}."
        self._shell.show_message(f"{told} {besides}".strip())

    def _chosen(self) -> list[str]:
        selected = self._list.selected_cases()
        if len(selected) > 1:
            return selected
        return [self._session.case.case] if self._session.case is not None else selected


def cases_in_words(cases: list[str]) -> str:
    """Return the id of one case, or how many there are."""
    return cases[0] if len(cases) == 1 else f"{len(cases)} cases"
