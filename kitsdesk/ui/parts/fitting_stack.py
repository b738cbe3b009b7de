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

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()
