"""The guide in the window: its pages, the way back, and the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.guide.guide_html import page_html, plain_page
from kitsdesk.guide.guide_pages import START, Chapter, Guide, read_guide
from kitsdesk.guide.guide_search import Hit, find
from trainer.contract.errors import KitsDeskError

Stop = tuple[str, str]


class GuideView(Protocol):
    """The reader's window."""

    def open_window(self) -> None:
        """Show the window in front."""

    def show_contents(self, chapters: Sequence[Chapter], titles: dict[str, str]) -> None:
        """List the chapters with the titles of their pages."""

    def show_page(self, name: str, html: str, anchor: str) -> None:
        """Show a page from its anchor on, or from its top."""

    def show_hits(self, hits: Sequence[Hit] | None) -> None:
        """List what a search found in place of the contents; None for the contents."""

    def set_history(self, back: bool, forward: bool) -> None:
        """Offer the way back and forward."""


class GuideController(QObject):
    """Reads the pages once, in the pool; what is asked for meanwhile is shown then."""

    def __init__(
        self,
        pool: TaskPool,
        view: GuideView,
        folder: Callable[[], Path],
        open_outside: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._pool, self._view, self._folder = pool, view, folder
        self._open_outside = open_outside
        self._guide: Guide | None = None
        self._html: dict[str, str] = {}
        self._stops: list[Stop] = []
        self._at = -1
        self._query = ""
        self._reading = False

    @property
    def page(self) -> str:
        """Return the name of the page shown, "" before the first."""
        return self._stops[self._at][0] if self._at >= 0 else ""

    def open(self, page: str = START, anchor: str = "") -> None:
        """Bring the window to the front, at a page."""
        self._view.open_window()
        self._visit((page, anchor))
        if self._guide is None and not self._reading:
            self._reading = True
            self._pool.start(
                "Reading the guide", self._read, done=self._on_read, failed=self._on_missing
            )

    def follow(self, link: str) -> None:
        """Follow a link of a page: to another page, within the page, or out of the guide."""
        name, _, anchor = link.partition("#")
        if name == "":
            self._visit((self.page, anchor))
        elif name.endswith(".md") and self._knows(name.removesuffix(".md")):
            self._visit((name.removesuffix(".md"), anchor))
        else:
            self._open_outside(link)

    def search(self, query: str) -> None:
        """List the sections with these words, or the contents where there is no word."""
        self._query = query
        if self._guide is not None:
            wanted = bool(query.strip())
            self._view.show_hits(find(self._guide, query) if wanted else None)

    def go(self, steps: int) -> None:
        """Go back (-1) or forward (1) through the pages seen."""
        if 0 <= self._at + steps < len(self._stops):
            self._at += steps
            self._show()

    def _knows(self, name: str) -> bool:
        return self._guide is not None and name in self._guide.pages

    def _visit(self, stop: Stop) -> None:
        if self._at < 0 or self._stops[self._at] != stop:
            del self._stops[self._at + 1 :]
            self._stops.append(stop)
            self._at = len(self._stops) - 1
        self._show()

    def _show(self) -> None:
        self._view.set_history(self._at > 0, self._at < len(self._stops) - 1)
        if self._guide is not None:
            name, anchor = self._stops[self._at]
            shown = name if name in self._html else START
            self._view.show_page(shown, self._html[shown], anchor if shown == name else "")

    def _read(self) -> tuple[Guide, dict[str, str]]:
        guide = read_guide(self._folder())
        return guide, {name: page_html(page) for name, page in guide.pages.items()}

    def _on_read(self, read: tuple[Guide, dict[str, str]]) -> None:
        self._reading = False
        self._guide, self._html = read
        titles = {name: page.title for name, page in self._guide.pages.items()}
        self._view.show_contents(self._guide.chapters, titles)
        self._show()
        self.search(self._query)

    def _on_missing(self, error: KitsDeskError) -> None:
        self._reading = False
        text = f"{error.happened} {error.advice}"
        self._view.show_page(START, plain_page("No guide", text), "")
