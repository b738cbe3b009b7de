"""Help ▸ Guide and F1: the guide's window, tied to its controller and to where F1 was pressed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QApplication, QWidget

from kitsdesk.controllers.reading_guide import GuideController
from kitsdesk.guide.guide_places import Place, page_for
from kitsdesk.paths import docs, guide
from kitsdesk.ui.guide.guide_window import GuideWindow

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

_CENTRE: dict[str, Place] = {
    "empty": "start",
    "welcome": "start",
    "compare": "compare",
    "scatter": "scatter",
    "queue": "queue",
    "alike": "queue",
    "runs": "runs",
}


class GuideDesk(QObject):
    """Lives beside the window's desk; the guide's window is made on the first call."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        self._window: GuideWindow | None = None
        self._guide: GuideController | None = None

    @property
    def window(self) -> GuideWindow | None:
        """Return the guide's window, None before it was first asked for."""
        return self._window

    def open(self) -> None:
        """Open the page for the panel that has the focus."""
        page, anchor = page_for(self.place())
        self._reader().open(page, anchor)

    def place(self) -> Place:
        """Return where a person is: a sheet that is open, the panel with the focus, the page
        in the centre, or the tab at the right."""
        window = self._host.window
        sheets: tuple[tuple[QWidget, Place], ...] = (
            (window.keys, "keys"),
            (window.retrain, "retrain"),
            (self._host.runs.predict_sheet, "predict_all"),
            (window.settings, "settings"),
            (self._host.curation.estimate_sheet, "estimate"),
            (self._host.curation.look_sheet, "second_look"),
        )
        for sheet, place in sheets:
            if sheet.isVisible():
                return place
        focus = QApplication.focusWidget()
        panels: tuple[tuple[QWidget, Place], ...] = ((window.cases, "cases"), (window.jobs, "jobs"))
        for panel, place in panels:
            if focus is not None and (panel is focus or panel.isAncestorOf(focus)):
                return place
        page = window.centre.page()
        return _CENTRE[page] if page in _CENTRE else window.side.current_tab()

    def _reader(self) -> GuideController:
        if self._guide is None:
            window = GuideWindow(self._host.window)
            reader = GuideController(self._host.desk.pool, window, docs, self._open_outside)
            window.set_folder(docs())
            window.pageAsked.connect(reader.open)
            window.linkAsked.connect(reader.follow)
            window.searchAsked.connect(reader.search)
            window.stepAsked.connect(reader.go)
            window.browserAsked.connect(self._open_browser)
            self._window, self._guide = window, reader
        return self._guide

    def _open_browser(self) -> None:
        built = guide()
        if self._guide is None or self._window is None:
            return
        if built is None:
            self._window.show_note(
                "This copy has no pages for a browser; `make guide` builds them from the source."
            )
            return
        page = built / f"{self._guide.page or 'index'}.html"
        self._open_outside(str(page if page.is_file() else built / "index.html"))

    def _open_outside(self, link: str) -> None:
        outside = "://" in link or link.startswith("mailto:")
        url = QUrl(link) if outside else QUrl.fromLocalFile(str(Path(link)))
        opened = QDesktopServices.openUrl(url)
        if self._window is not None:
            where = url.toString() if outside else link
            self._window.show_note("" if opened else f"No browser answered. The page is: {where}")
