"""A scroll bar over the right edge of a list, so that rows keep the whole width."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtWidgets import QAbstractScrollArea, QScrollBar

from kitsdesk.ui.design_tokens import part_sizes

_PART = part_sizes("overlay_scroll")
WIDTH: int = _PART["width"]


class OverlayScroll(QScrollBar):
    """Follows the area's own bar, which is switched off."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, area)
        self._area = area
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        own = area.verticalScrollBar()
        if own is not None:
            own.rangeChanged.connect(self._range)
            own.valueChanged.connect(self.setValue)
            self.valueChanged.connect(own.setValue)
        area.installEventFilter(self)
        self.hide()

    def _range(self, low: int, high: int) -> None:
        own = self._area.verticalScrollBar()
        if own is not None:
            self.setRange(low, high)
            self.setPageStep(own.pageStep())
            self.setSingleStep(own.singleStep())
            self.setValue(own.value())
        self.setVisible(high > low)
        self._place()

    def _place(self) -> None:
        self.setGeometry(self._area.width() - WIDTH, 0, WIDTH, self._area.height())
        self.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep to the area's right edge."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._place()
        return False
