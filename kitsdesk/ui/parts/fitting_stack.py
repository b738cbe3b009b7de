"""A stack as high as the page it shows, so that what follows moves up."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QSizePolicy, QStackedWidget


class FittingStack(QStackedWidget):
    """Other stacks are as high as their highest page."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.currentChanged.connect(lambda _page: self.updateGeometry())

    def sizeHint(self) -> QSize:
        """Return the shown page's size, with its text broken to the width there is."""
        page = self.currentWidget()
        if page is None:
            return super().sizeHint()
        hint = page.sizeHint()
        if self.width() > 0 and page.hasHeightForWidth():
            return QSize(hint.width(), page.heightForWidth(self.width()))
        return hint

    def hasHeightForWidth(self) -> bool:
        """Return whether the shown page breaks its text."""
        page = self.currentWidget()
        return page is not None and page.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """Return the shown page's height; the standard is that of the highest page."""
        page = self.currentWidget()
        return page.heightForWidth(width) if page is not None else -1

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()
