"""The queue and More like this over a desk without a window."""

from __future__ import annotations

from desk_cases import DrivenDesk

from kitsdesk.compose.queue_desk import queue_controllers
from kitsdesk.review.queue_rows import QueueFilter


class Page:
    """Queue and contact sheet without widgets."""

    def __init__(self):
        self.rows, self.marked, self.progress = [], None, (0, 0)
        self.pictures, self.filter = {}, QueueFilter()
        self.anchor, self.cards, self.states = None, [], {}

    def set_rows(self, rows):
        self.rows = list(rows)

    def update_row(self, row):
        self.rows = [row if known.name == row.name else known for known in self.rows]

    def set_progress(self, done, total):
        self.progress = (done, total)

    def set_pictures(self, pictures):
        self.pictures |= pictures

    def shown(self):
        return [row.name for row in self.rows if not row.component.boundary]

    def select(self, name):
        self.marked = name

    def show_alike(self, anchor, found):
        self.anchor, self.cards = anchor, list(found)

    def set_state(self, name, state):
        self.states[name] = state

    def drop(self, name):
        self.cards = [c for c in self.cards if (c.component.case, c.component.key) != name]


class Queue:
    """Search, queue and contact sheet, connected as the window connects them."""

    def __init__(self, closed: DrivenDesk):
        self.desk, self.page = closed, Page()
        self.search, self.queue, self.alike = queue_controllers(
            closed.desk, self.page, self.page, closed.shell
        )

    def rest(self):
        self.desk.qtbot.waitUntil(
            lambda: not self.search.busy and not self.queue._showing.isActive(), timeout=60000
        )
        self.desk.rest()

    def name(self, case, place=0):
        return next(
            row.name
            for row in self.page.rows
            if row.component.case == case and row.component.place == place
        )

    def state(self, name):
        return next(row.state for row in self.page.rows if row.name == name)
