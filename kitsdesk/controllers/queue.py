"""The disagreements of all cases as one queue: walked, opened, taken and kept from one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.component_search import CaseCompared, ComponentSearch
from kitsdesk.controllers.queue_views import Name, QueueView
from kitsdesk.controllers.review import ReviewController
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.component_store import Components, Settled
from kitsdesk.review.components import Component
from kitsdesk.review.member_marks import MARKS
from kitsdesk.review.queue_rows import QueueRow, in_order
from kitsdesk.review.rows import CaseRow

CaseRows = Callable[[], Mapping[str, CaseRow]]
GONE = "The mask has changed there: this disagreement is gone."
SHOW_MS = 400
"""Cases that are compared one after the other are shown together this often."""


class QueueController(QObject):
    """Keeps the queue true, and does in the right case what is asked of a row."""

    opened = pyqtSignal()  # a row was opened: the canvases show it
    settled = pyqtSignal(str, str, str)  # case, key, state

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        cases: CaseController,
        review: ReviewController,
        search: ComponentSearch,
        case_rows: CaseRows,
        view: QueueView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session, self._pool, self._cases = session, pool, cases
        self._review, self._case_rows = review, case_rows
        self._view, self._shell = view, shell
        self._rows: dict[Name, QueueRow] = {}
        self._displayed: set[Name] = set()
        self._walking: Name | None = None
        self._wanted: tuple[Name, Callable[[int], None]] | None = None
        self._showing = QTimer(self)
        self._showing.setSingleShot(True)
        self._showing.setInterval(SHOW_MS)
        self._showing.timeout.connect(self._show_rows)
        review.compared.connect(self._on_compared)
        review.settled.connect(self._on_settled)
        review.go_on = self._go_on
        search.known.connect(self._on_known)
        search.compared.connect(self._on_case)
        search.progressed.connect(view.set_progress)
        session.projectClosed.connect(self._on_closed)
        session.caseOpened.connect(self._on_opened)

    @property
    def rows(self) -> dict[Name, QueueRow]:
        """Return all rows by (case, key)."""
        return dict(self._rows)

    @property
    def walking(self) -> bool:
        """Return whether N and Shift+N go through the queue, on across cases."""
        return self._walking is not None

    def open(self, name: Name) -> None:
        """Open the case of a row at its place; from then on N walks the queue."""
        self._open(name, self._review.select)

    def _open(self, name: Name, action: Callable[[int], None]) -> None:
        row = self._rows.get(name)
        if row is None:
            return
        self._walking = name
        self._view.select(name)
        left = self._left_unsaved(name[0])
        self._act(name, action)
        shown = self._view.shown()
        if name in shown:
            place = f"{shown.index(name) + 1} of {len(shown)}"
            told = f"Queue {place}: {name[0]}, {row.component.sentence}"
            self._shell.show_message(f"{told}. {left}" if left else told)
        self.opened.emit()

    def _left_unsaved(self, coming: str) -> str:
        """Return what waits in the case that is left for another one, "" for nothing."""
        case = self._session.case
        if case is None or case.case == coming or not case.unsaved:
            return ""
        edits = "1 edit" if case.unsaved == 1 else f"{case.unsaved} edits"
        return f"{case.case} keeps {edits} not saved as a revision"

    def step(self, steps: int) -> None:
        """Go on (+1) or back (−1) in the queue, else among the open case's disagreements."""
        if self._walking is None:
            self._review.step(steps)
            return
        shown = self._view.shown()
        if not shown:
            self._shell.show_message("The queue has no further disagreement under its filter.")
            return
        if self._walking in shown:
            place = shown.index(self._walking) + steps
        else:
            place = self._place_of_gone(shown) + (0 if steps > 0 else -1)
        self.open(shown[place % len(shown)])

    def leave(self) -> None:
        """End the walk: N goes through the open case again."""
        self._walking = None

    def take(self, name: Name) -> None:
        """Take the prediction in one component, as an undoable edit of its case."""
        self._act(name, self._review.take)

    def paint(self, name: Name) -> None:
        """Open the case of a row at its place, with the brush in hand."""
        if self._session.project.read_only:
            self._shell.show_message("The project is open read-only: nothing can be painted.")
            return
        self._open(name, self._review.paint)

    def keep(self, name: Name) -> None:
        """Settle a component in favour of the mask; its case need not be open."""
        case = self._session.case
        if case is not None and case.case == name[0]:
            self._act(name, self._review.keep_reference)
            return
        if self._session.project.read_only:
            self._shell.show_message("The project is open read-only: nothing can be settled.")
            return
        if name not in self._rows:
            self._shell.show_message(GONE)
            return
        # What is said of a fault planted for display goes with it.
        if self.lasts(name):
            self._review.settling.put(name, "kept")
        self._set_state(name, "kept")

    def lasts(self, name: Name) -> bool:
        """Return whether a row is of the real data: not of a fault planted for display, nor of
        one that was just judged and whose case is not compared again yet."""
        planted = name in self._displayed or name[0] in self._session.planted.active()
        return name in self._rows and not planted

    def load_pictures(
        self, names: Sequence[Name], shown: Callable[[Mapping[Name, NDArray[Any]]], None]
    ) -> None:
        """Read the pictures of these rows off the UI thread and hand them on."""
        if self._session.workspace is None:
            return
        workspace, wanted = self._session.project, list(names)
        self._pool.start(
            "Reading pictures", lambda: Components(workspace).pictures(wanted), done=shown
        )

    def refresh_decisions(self) -> None:
        """Take decisions and reasons over from the case list."""
        fresh = {name: self._of_case(row) for name, row in self._rows.items()}
        if fresh != self._rows:
            self._rows = fresh
            self._show_rows()

    def _show_rows(self) -> None:
        self._view.set_rows(in_order(list(self._rows.values())))

    def _act(self, name: Name, action: Callable[[int], None]) -> None:
        """Do `action` on the component's place in its case's list, opening the case first."""
        case = self._session.case
        self._wanted = (name, action)
        if case is not None and case.case == name[0]:
            if self._review.ready:
                self._on_compared()
        else:
            self._cases.open(name[0])

    def _on_compared(self) -> None:
        if self._wanted is None or self._session.case is None:
            return
        (case, key), action = self._wanted
        if case != self._session.case.case:
            return
        self._wanted = None
        if key in self._review.keys:
            action(self._review.keys.index(key))
        else:
            self._shell.show_message(GONE)

    def _go_on(self) -> bool:
        """Walk on after something was settled on the canvases, where a walk is under way."""
        case = self._session.case
        if self._walking is None or case is None or self._walking[0] != case.case:
            return False
        waiting = [name for name in self._view.shown() if self._rows[name].waits]
        after = [name for name in waiting if self._order_of(name) > self._order_of(self._walking)]
        if not waiting:
            return False
        self.open((after or waiting)[0])
        return True

    def _order_of(self, name: Name) -> tuple[float, str, int]:
        found = self._rows[name].component
        return (-found.ml, found.case, found.place)

    def _place_of_gone(self, shown: Sequence[Name]) -> int:
        """Return where the walk would stand in a queue that no longer shows its row."""
        if self._walking not in self._rows:
            return 0
        here = self._order_of(self._walking)
        return sum(self._order_of(name) < here for name in shown)

    def _on_settled(self, key: str, state: str) -> None:
        case = self._session.case
        if case is not None:
            self._set_state((case.case, key), state)

    def _set_state(self, name: Name, state: Any) -> None:
        row = self._rows.get(name)
        if row is not None:
            self._rows[name] = replace(row, state=state)
            self._view.update_row(self._rows[name])
        self.settled.emit(*name, state)

    def _on_known(self, components: list[Component]) -> None:
        settled = self._review.settling.known()
        self._rows = {row.name: row for row in (self._row(found, settled) for found in components)}
        planted = self._session.planted.active()
        self._displayed = {name for name in self._rows if name[0] in planted}
        self._show_rows()

    def _on_case(self, news: CaseCompared) -> None:
        former = {name for name in self._rows if name[0] == news.case}
        self._rows = {name: row for name, row in self._rows.items() if name not in former}
        settled = self._review.settling.known(news.case)
        for found in news.components:
            row = self._row(found, settled)
            self._rows[row.name] = row
        self._displayed -= former
        if news.case in self._session.planted.active():
            self._displayed |= {(news.case, found.key) for found in news.components}
        if (former or news.components) and not self._showing.isActive():
            self._showing.start()

    def _row(self, found: Component, settled: Mapping[Name, Settled]) -> QueueRow:
        return self._of_case(QueueRow(found, settled.get((found.case, found.key), "")))

    def _of_case(self, row: QueueRow) -> QueueRow:
        case = self._case_rows().get(row.component.case)
        if case is None:
            return row
        words = tuple(chip.text for chip in case.chips if chip.text not in MARKS)
        return replace(row, decision=case.decision, reasons=words)

    def _on_opened(self, case: OpenCase) -> None:
        if self._walking is not None and self._walking[0] != case.case:
            self._walking = None
        if self._wanted is not None and self._wanted[0][0] != case.case:
            self._wanted = None

    def _on_closed(self) -> None:
        self._showing.stop()
        self._rows, self._walking, self._wanted = {}, None, None
        self._view.set_rows(())
        self._view.set_progress(0, 0)
