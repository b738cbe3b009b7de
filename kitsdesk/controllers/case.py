"""Opening, leaving and saving cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.case_loading import CaseReader, looked_at_only
from kitsdesk.controllers.saving import MaskSaver
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, CaseListView, ShellView
from kitsdesk.project.revisions import Revision, RevisionKind
from trainer.contract.errors import KitsDeskError

SYNC_MS = 700
# Sooner than that a case that was read ahead is there.
LOADING_SHOWN_MS = 200
# Longer than any painting of a new case takes.
PAINTING_MS = 2000


class CaseController(QObject):
    """Keeps one case open; its edits go to the journal as they happen."""

    plantedSaveAsked = pyqtSignal()  # the mask to be saved shows a planted fault

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        canvas: CanvasView,
        case_list: CaseListView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._canvas = canvas
        self._list = case_list
        self._shell = shell
        self._reader = CaseReader()
        self._saver = MaskSaver(session, pool, shell)
        self._saver.saved.connect(self._show_saved)
        self._loading: Task | None = None
        self._loading_shown = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(LOADING_SHOWN_MS)
        self._slow.timeout.connect(lambda: self._show_loading(True))
        self._swapping = False
        self._showing = False
        self._next: tuple[str, Callable[[], None] | None] | None = None
        self._sync = QTimer(self)
        self._sync.setSingleShot(True)
        self._sync.setInterval(SYNC_MS)
        self._sync.timeout.connect(self._sync_journal)
        session.troubled.connect(shell.show_problem)
        session.maskEdited.connect(self._on_edited)
        session.caseClosed.connect(self._clear)
        session.projectClosed.connect(self._clear)
        session.predictionsChanged.connect(self._on_predictions_changed)

    def open(self, case: str, then: Callable[[], None] | None = None) -> None:
        """Open a case; the old picture stays until the new one is complete."""
        if self._showing:
            self._next = (case, then)
            return
        if self._session.case is not None and self._session.case.case == case:
            if then is not None:
                then()
            return
        if self._loading is not None:
            self._loading.cancel()
        workspace = self._session.project

        def done(read: OpenCase) -> None:
            self._saver.after(lambda: shown(read))

        def shown(read: OpenCase) -> None:
            if self._session.workspace is not workspace:
                return
            self._show(read, then)

        def failed(error: KitsDeskError) -> None:
            self._show_loading(False)
            self._shell.show_problem(error)

        self._slow.start()
        self._loading = self._pool.start(
            f"Opening {case}",
            lambda: self._reader.read(workspace, case),
            done=done,
            failed=failed,
        )

    def open_neighbour(self, step: int) -> None:
        """Open the next (+1) or previous (−1) case as the list shows them."""
        cases = self._list.visible_cases()
        if not cases:
            return
        current = self._session.case.case if self._session.case is not None else ""
        place = cases.index(current) + step if current in cases else 0
        if 0 <= place < len(cases):
            self.open(cases[place])
        else:
            self._shell.show_message("No further case in the list.")

    def open_next_unreviewed(self) -> None:
        """Open the first case after this one that no one has decided on, from the top again."""
        cases = self._list.visible_cases()
        current = self._session.case.case if self._session.case is not None else ""
        start = cases.index(current) + 1 if current in cases else 0
        for case in cases[start:] + cases[:start]:
            if case != current and self._session.decisions.current(case).decision == "unreviewed":
                self.open(case)
                return
        self._shell.show_message("Every case in the list is reviewed.")

    def save(
        self,
        then: Callable[[Revision], None] | None = None,
        kind: RevisionKind = "correction",
        note: str = "",
    ) -> None:
        """Save the live mask as a new revision, off the UI thread, on a copy."""
        case = self._session.case
        if case is None:
            return
        if case.planted is not None:
            self.plantedSaveAsked.emit()
            return
        if self._session.project.read_only:
            self._shell.show_message("The project is open read-only: nothing can be saved.")
            return
        self._saver.save(case, kind, note, then)

    def when_saved(self, action: Callable[[], None]) -> None:
        """Do something now, or when the saves under way have ended."""
        self._saver.after(action)

    def _show(self, case: OpenCase, then: Callable[[], None] | None) -> None:
        self._session.settle()
        # On disk by the time that the canvases have changed: nobody waits for it then.
        self._sync_journal()
        workspace = self._session.project

        def shown() -> None:
            self._showing, wanted = False, self._next
            self._next = None
            if self._session.workspace is not workspace:
                return
            self._pool.hold(PAINTING_MS)
            self._begin(case)
            if then is not None:
                then()
            if wanted is not None:
                self.open(*wanted)

        self._showing = True
        self._show_loading(False)
        volume, name, painted = case.volume, case.case, self._pool.release
        self._canvas.swap_case(volume, name, case.mask, case.prediction, shown, painted)

    def _show_loading(self, loading: bool) -> None:
        self._slow.stop()
        if loading != self._loading_shown:
            self._loading_shown = loading
            self._canvas.set_loading(loading)

    def _begin(self, case: OpenCase) -> None:
        self._swapping = True
        self._session.close_case()
        self._swapping = False
        self._list.select(case.case)
        self._session.open_case(case)
        self._show_saved()
        if case.only_look:
            self._shell.show_problem(looked_at_only(case))
        if case.unsaved:
            edits = "1 edit" if case.unsaved == 1 else f"{case.unsaved} edits"
            self._shell.show_message(f"{edits} not saved as a revision came back with the case.")
        self._prefetch()

    def _clear(self) -> None:
        # The next case takes the old one's place: emptying the canvases first costs as much.
        if not self._swapping:
            self._showing, self._next = False, None
            self._show_loading(False)
            self._canvas.clear()

    def _prefetch(self) -> None:
        cases, case = self._list.visible_cases(), self._session.case
        if case is None or case.case not in cases:
            return
        place = cases.index(case.case) + 1
        if place < len(cases):
            workspace = self._session.project
            record = workspace.case(cases[place])
            self._pool.start(
                f"Reading {record.case} ahead", lambda: self._reader.ahead(workspace, record)
            )

    def _on_edited(self, _box: object) -> None:
        self._show_saved()
        if not self._sync.isActive():
            self._sync.start()

    def _sync_journal(self) -> None:
        case = self._session.case
        if case is not None and case.journal is not None:
            self._pool.start(
                "Securing the edits", case.journal.sync, failed=self._shell.show_problem
            )

    def _show_saved(self, _case: object = None) -> None:
        case = self._session.case
        unsaved = case.unsaved if case is not None else 0
        edits = "1 edit" if unsaved == 1 else f"{unsaved} edits"
        text = f"{edits} not saved as a revision" if unsaved else "All edits saved"
        self._shell.set_saved(text, bool(unsaved))

    def _on_predictions_changed(self, cases: list[str]) -> None:
        case = self._session.case
        if case is None or case.case not in cases:
            return
        predictions = self._session.predictions

        def read() -> tuple[object, ...]:
            heldout = predictions.heldout(case.case)
            shown = heldout if heldout is not None else predictions.ensemble(case.case)
            return shown, heldout is not None, predictions.scores(case.case)

        self._pool.start(
            f"Reading the prediction of {case.case}",
            read,
            done=lambda found: self._show_prediction(case, *found),
            failed=self._shell.show_problem,
        )

    def _show_prediction(
        self, case: OpenCase, shown: object, heldout: bool, scores: object
    ) -> None:
        if self._session.case is not case:
            return
        case.prediction = shown if isinstance(shown, np.ndarray) else None
        case.prediction_is_heldout = heldout
        case.scores = scores  # type: ignore[assignment]
        case.votes.clear()
        self._canvas.set_prediction(case.prediction)
        self._session.casesChanged.emit([case.case])
