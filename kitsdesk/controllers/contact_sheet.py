"""More like this: the disagreements nobody has looked at that resemble one, as pictures."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.controllers.queue import QueueController
from kitsdesk.controllers.queue_views import AlikeView, Name
from kitsdesk.controllers.review import ReviewController
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.component_store import Components
from kitsdesk.review.alike import Alike, most_alike
from kitsdesk.review.components import Component

CORRECTED = {"taken": "Prediction taken", "painted": "Painted"}
CLOSE = 1.5
"""Standard deviations within which others are offered after a correction."""


class AlikeController(QObject):
    """Finds them, and passes on what a person makes of each, singly."""

    shown = pyqtSignal()  # the sheet is filled

    def __init__(
        self,
        session: Session,
        queue: QueueController,
        review: ReviewController,
        view: AlikeView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._queue = queue
        self._review = review
        self._view = view
        self._shell = shell
        self._anchor: Component | None = None
        # What was refused of faults planted for display, or for one: it ends with the project.
        self._refused: set[tuple[str, str]] = set()
        session.projectClosed.connect(self._refused.clear)
        review.settled.connect(self._offer)
        queue.settled.connect(lambda case, key, state: view.set_state((case, key), state))

    def show(self, name: Name | None = None) -> None:
        """Fill the sheet with what is like a component: like the marked one without a name."""
        name = name or self._marked()
        row = self._queue.rows.get(name) if name is not None else None
        if row is None:
            self._shell.show_message(
                "Choose a disagreement of a saved mask: it is compared with those of all cases."
            )
            return
        found = self._like(row.component)
        if not found:
            self._shell.show_message("No unreviewed disagreement is of this kind.")
            return
        self._anchor = row.component
        self._view.show_alike(row.component, found)
        names = [row.name, *((one.component.case, one.component.key) for one in found)]
        self._queue.load_pictures(names, self._view.set_pictures)
        self.shown.emit()

    def reject(self, name: Name) -> None:
        """Remember that a component is not like the one asked about; it is not offered again.
        Of a fault planted for display nothing is written."""
        anchor, project = self._anchor, self._session.project
        if anchor is not None:
            if self._queue.lasts(name) and self._queue.lasts((anchor.case, anchor.key)):
                if not project.read_only:
                    Components(project).call_unlike(anchor.key, name[1])
            else:
                self._refused.add((anchor.key, name[1]))
        self._view.drop(name)

    def _like(self, anchor: Component) -> list[Alike]:
        rows = list(self._queue.rows.values())
        refused = {
            (anchor.key, key) for key in Components(self._session.project).unlike(anchor.key)
        }
        refused |= self._refused
        candidates = [
            row.component for row in rows if row.waits and (anchor.key, row.name[1]) not in refused
        ]
        return most_alike(anchor, candidates, [row.component for row in rows])

    def _marked(self) -> Name | None:
        case, place = self._session.case, self._review.selected
        if case is None or place is None or place >= len(self._review.keys):
            return None
        return case.case, self._review.keys[place]

    def _offer(self, key: str, state: str) -> None:
        case = self._session.case
        row = self._queue.rows.get((case.case, key)) if case is not None else None
        if state not in CORRECTED or row is None or row.component.boundary:
            return
        close = [one for one in self._like(row.component) if one.distance <= CLOSE]
        if close:
            are = (
                "1 unreviewed disagreement is"
                if len(close) == 1
                else (f"{len(close)} unreviewed disagreements are")
            )
            self._shell.show_message(f"{CORRECTED[state]}. {are} like it: Review, More like this.")
