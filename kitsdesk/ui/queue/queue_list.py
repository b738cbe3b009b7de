"""The rows of the queue; the marked one carries its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QListView, QVBoxLayout, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.parts.buttons import KeyedButton, explain, icon_button
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.queue.queue_delegate import QueueDelegate
from kitsdesk.ui.queue.queue_model import PICTURE, Name, QueueModel
from kitsdesk.ui.spacing import SPACE_4, SPACE_6, SPACE_14, SPACE_16

READ_ONLY = "The project is open read-only"
GATHER_MS = 30
"""Pictures of rows that were painted together are asked for together."""


class RowButtons(QWidget):
    """Open, take, keep, paint, more like this, at the lower edge of the marked row."""

    def __init__(self) -> None:
        super().__init__()
        self.open_it = KeyedButton(
            "Open", "ph.corners-out", kind="plain-panel", size="small", key="Enter"
        )
        self.take = KeyedButton(
            "Take prediction", action=ActionId.TAKE_PREDICTION, kind="plain-panel", size="small"
        )
        self.keep = KeyedButton(
            "Keep reference", action=ActionId.KEEP_REFERENCE, kind="plain-panel", size="small"
        )
        self.paint_here = KeyedButton("Paint", kind="plain-panel", size="small")
        self.alike = icon_button("ph.squares-four", "More like this")
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16 + PICTURE + SPACE_14, 0, SPACE_16, SPACE_4)
        row.setSpacing(SPACE_6)
        for button in (self.open_it, self.take, self.keep, self.paint_here, self.alike):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        column.addLayout(row)


class QueueList(QListView):
    """`chosen(name)` on every move; `openAsked`, `takeAsked`, `keepAsked`, `paintAsked`,
    `alikeAsked` carry (case, key); `picturesWanted(names)`."""

    chosen = pyqtSignal(tuple)
    openAsked = pyqtSignal(tuple)
    takeAsked = pyqtSignal(tuple)
    keepAsked = pyqtSignal(tuple)
    paintAsked = pyqtSignal(tuple)
    alikeAsked = pyqtSignal(tuple)
    picturesWanted = pyqtSignal(list)

    def __init__(self, model: QueueModel) -> None:
        super().__init__()
        self._model = model
        self._marked: Name | None = None
        self._read_only = False
        self._wanted: list[Name] = []
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._ask_pictures)
        # The view asks for the number of rows at each of 20,000 rows: a model of Qt's own
        # answers in a tenth of the time that Python takes.
        self._rows = QSortFilterProxyModel(self)
        self._rows.setDynamicSortFilter(False)
        self._rows.setSourceModel(model)
        self.setModel(self._rows)
        self._delegate = QueueDelegate()
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Disagreements of all cases")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self._scroll = OverlayScroll(self)
        self.clicked.connect(lambda index: self._choose(index.row()))
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        model.picturesWanted.connect(self._want)
        self._rows.modelReset.connect(self._restore)

    def select(self, name: Name | None) -> None:
        """Mark a row, without a signal."""
        old = self._model.place_of(self._marked)
        if old is not None:
            buttons = self.indexWidget(self._at(old))
            if buttons is not None:
                # Qt deletes it later only.
                buttons.hide()
            self.setIndexWidget(self._at(old), None)
        self._marked = name
        self._model.set_open(name)
        place = self._model.place_of(name)
        if place is not None:
            index = self._at(place)
            self.setCurrentIndex(index)
            self.setIndexWidget(index, self._buttons())
            self.scrollTo(index)

    def marked(self) -> Name | None:
        """Return the marked row's (case, key)."""
        return self._marked

    def set_read_only(self, read_only: bool) -> None:
        """Offer to look only."""
        self._read_only = read_only

    def step(self, steps: int) -> None:
        """Mark the next (+1) or previous (−1) row."""
        count = self._model.rowCount()
        if count:
            place = self._model.place_of(self._marked)
            start = place if place is not None else (-1 if steps > 0 else count)
            self._choose(max(0, min(count - 1, start + steps)))

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]]) -> None:
        """Show pictures that were asked for."""
        self._model.set_pictures(pictures, round(PICTURE * self.devicePixelRatioF()))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Walk by N, Shift+N and arrows, open by Enter, settle by Y and K."""
        if event is None:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key, marked = event.key(), self._marked
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_N: -1 if shift else 1}
        settle = {Qt.Key.Key_Y: self.takeAsked, Qt.Key.Key_K: self.keepAsked}
        if key in steps:
            self.step(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and marked is not None:
            self.openAsked.emit(marked)
        elif key in settle and marked is not None and not self._read_only:
            settle[Qt.Key(key)].emit(marked)
        elif key != Qt.Key.Key_Space:
            super().keyPressEvent(event)

    def _at(self, place: int) -> QModelIndex:
        return self._rows.index(place, 0)

    def _choose(self, place: int) -> None:
        name = self._model.record(place).name
        self.select(name)
        self.chosen.emit(name)

    def _open(self, place: int) -> None:
        self.openAsked.emit(self._model.record(place).name)

    def _buttons(self) -> RowButtons:
        buttons, name = RowButtons(), self._marked
        for button, signal in (
            (buttons.open_it, self.openAsked),
            (buttons.take, self.takeAsked),
            (buttons.keep, self.keepAsked),
            (buttons.paint_here, self.paintAsked),
            (buttons.alike, self.alikeAsked),
        ):
            button.clicked.connect(lambda _on, signal=signal: signal.emit(name))
        for button in (buttons.take, buttons.keep, buttons.paint_here):
            explain(button, not self._read_only, READ_ONLY)
        return buttons

    def _restore(self) -> None:
        """Open the marked row again after the list was filled anew."""
        if self._model.place_of(self._marked) is not None:
            self.select(self._marked)

    def _want(self, names: list[Name]) -> None:
        self._wanted += names
        self._gather.start()

    def _ask_pictures(self) -> None:
        wanted, self._wanted = list(dict.fromkeys(self._wanted)), []
        if wanted:
            self.picturesWanted.emit(wanted)
