"""The centre: toolbar, problem bar, the canvases or the page that takes their place."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.pages.empty_page import EmptyPage
from kitsdesk.ui.parts.labels import surface
from kitsdesk.ui.problem_bar import ProblemBar
from kitsdesk.ui.question_strip import QuestionStrip
from kitsdesk.ui.view_toolbar import ViewToolbar

_PART = part_sizes("centre_area")
_AROUND: int = _PART["around_sheet"]
Page = Literal["empty", "welcome", "views", "compare", "scatter", "queue", "alike", "runs"]


class CentreArea(QWidget):
    """`pageChanged(name)`; sheets float over it as children and are kept in place."""

    pageChanged = pyqtSignal(str)

    def __init__(self, toolbar: ViewToolbar, pages: dict[Page, QWidget]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "window")
        self.toolbar = toolbar
        self.problem = ProblemBar()
        self.strip = QuestionStrip()
        self.empty = EmptyPage()
        self._host = surface("canvas")
        self._host_column = QVBoxLayout(self._host)
        self._host_column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._pages: dict[Page, QWidget] = {"empty": self.empty, "views": self._host, **pages}
        for widget in self._pages.values():
            self._stack.addWidget(widget)
        self._sheet: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(toolbar)
        column.addWidget(self.problem)
        column.addWidget(self._stack, 1)
        column.addWidget(self.strip)
        self.show_page("empty")

    def set_views(self, views: QWidget) -> None:
        """Put the canvases in."""
        self._host_column.addWidget(views)

    def show_page(self, page: Page) -> None:
        """Turn to a page; the toolbar belongs to the views alone."""
        self._stack.setCurrentWidget(self._pages[page])
        self.toolbar.setVisible(page == "views")
        self.pageChanged.emit(page)

    def page(self) -> Page:
        """Return the page in front."""
        current = self._stack.currentWidget()
        return next(name for name, widget in self._pages.items() if widget is current)

    def show_sheet(self, sheet: QWidget) -> None:
        """Float a sheet over the page; one that is open goes."""
        if self._sheet is not None and self._sheet is not sheet:
            self._sheet.hide()
        self._sheet = sheet
        sheet.setParent(self.window())
        self._place_sheet()
        sheet.show()
        sheet.raise_()
        sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the sheet in the middle."""
        super().resizeEvent(event)
        self._place_sheet()

    def _place_sheet(self) -> None:
        if self._sheet is None:
            return
        hint, whole = self._sheet.sizeHint(), self.window()
        assert whole is not None
        width = min(hint.width(), whole.width() - 2 * _AROUND)
        height = min(hint.height(), self.height() - 2 * _AROUND)
        corner = self.mapTo(whole, QPoint(0, 0))
        middle = corner.x() + (self.width() - width) // 2
        x = min(max(_AROUND, middle), whole.width() - width - _AROUND)
        above = min(_PART["most_above_sheet"], (self.height() - height) // 2)
        y = corner.y() + max(_AROUND, above)
        self._sheet.setGeometry(x, y, width, height)
