"""The right panel: tabs Tools, Review and Info over their pages."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import control
from kitsdesk.ui.parts.focus_ring import AreaFocus
from kitsdesk.ui.parts.labels import divider
from kitsdesk.ui.spacing import EDGE
from kitsdesk.ui.style import active_style

Tab = Literal["tools", "review", "info"]
TABS: tuple[Tab, ...] = ("tools", "review", "info")
TITLES = {"tools": "Tools", "review": "Review", "info": "Info"}
TAB_BAR_HEIGHT: int = control("tab_bar")


def scrolled(content: QWidget) -> QScrollArea:
    """Return a scroll area around a panel that scrolls only up and down."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setProperty("transparent", "true")
    area.setWidget(content)
    AreaFocus(area)
    return area


class SideTabs(QWidget):
    """`tabChanged(name)`: a person or the program turned to another tab."""

    tabChanged = pyqtSignal(str)

    def __init__(self, pages: dict[Tab, QWidget]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._bar = QTabBar()
        self._bar.setDocumentMode(True)
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setFixedHeight(active_style().px(TAB_BAR_HEIGHT) - EDGE)
        self._stack = QStackedWidget()
        for tab in TABS:
            self._bar.addTab(TITLES[tab])
            self._stack.addWidget(pages[tab])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(divider())
        column.addWidget(self._stack, 1)
        self._bar.currentChanged.connect(self._turned)

    def _turned(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self.tabChanged.emit(TABS[index])

    def show_tab(self, tab: Tab) -> None:
        """Turn to a tab."""
        self._bar.setCurrentIndex(TABS.index(tab))

    def current_tab(self) -> Tab:
        """Return the tab in front."""
        return TABS[self._bar.currentIndex()]
