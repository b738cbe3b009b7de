"""The queue over all cases and More like this: their controllers, tied to their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from kitsdesk.controllers.component_search import ComponentSearch
from kitsdesk.controllers.contact_sheet import AlikeController
from kitsdesk.controllers.queue import QueueController
from kitsdesk.controllers.worst_slice import WorstSlice

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.compose.window_desk import WindowDesk
    from kitsdesk.controllers.queue_views import AlikeView, QueueView
    from kitsdesk.controllers.views import ShellView


def queue_controllers(
    desk: Desk, page: QueueView, sheet: AlikeView, shell: ShellView
) -> tuple[ComponentSearch, QueueController, AlikeController]:
    """Return the search over all cases, the queue and More like this, tied to a desk."""
    search = ComponentSearch(desk.session, desk.project.by_suspicion)
    queue = QueueController(
        desk.session,
        desk.pool,
        desk.case,
        desk.review,
        search,
        lambda: desk.project.rows,
        page,
        shell,
    )
    alike = AlikeController(desk.session, queue, desk.review, sheet, shell)
    desk.project.rowsReady.connect(search.catch_up)
    desk.project.rowsReady.connect(queue.refresh_decisions)
    return search, queue, alike


class QueueDesk(QObject):
    """Lives beside the window's desk; the headless demo does without it."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__()
        self._host = host
        window, desk = host.window, host.desk
        self.search, self.queue, self.alike = queue_controllers(
            desk, window.queue, window.alike, window
        )
        self.worst = WorstSlice(desk.session, desk.case, desk.review, host.canvas)
        self._connect_pages()
        desk.session.projectOpened.connect(self._on_project)
        self.queue.opened.connect(self._show_place)
        self.alike.shown.connect(lambda: window.show_page("alike"))

    def show_queue(self) -> None:
        """Turn the centre to the queue."""
        self._host.window.show_page("queue")

    def close(self) -> None:
        """Stop comparing; what was found is kept."""
        self.search.close()

    def _connect_pages(self) -> None:
        page, sheet = self._host.window.queue, self._host.window.alike
        for view in (page, sheet):
            view.openAsked.connect(self.queue.open)
            view.takeAsked.connect(self.queue.take)
            view.keepAsked.connect(self.queue.keep)
        page.alikeAsked.connect(self.alike.show)
        page.paintAsked.connect(self._paint)
        page.picturesWanted.connect(
            lambda names: self.queue.load_pictures(names, page.set_pictures)
        )
        sheet.rejected.connect(self.alike.reject)
        self._host.window.scatter.caseChosen.connect(self._open_worst)
        self._host.window.review.alikeAsked.connect(lambda _index: self.alike.show())

    def _paint(self, name: tuple[str, str]) -> None:
        self.queue.paint(name)
        self._host.window.side.show_tab("tools")

    def _open_worst(self, case: str) -> None:
        self._show_place()
        self.worst.open(case)

    def _on_project(self) -> None:
        read_only = self._host.desk.session.project.read_only
        self._host.window.queue.set_read_only(read_only)
        self._host.window.alike.set_read_only(read_only)

    def _show_place(self) -> None:
        self._host.window.show_views()
        self._host.canvas.take_focus()
