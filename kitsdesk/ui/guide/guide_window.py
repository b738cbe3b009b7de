"""The guide's window: contents and search at the left, the page at the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.guide.guide_pages import Chapter
from kitsdesk.guide.guide_search import Hit
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.guide.guide_entries import (
    CHAPTER_ROLE,
    HIT_ROLE,
    STOP_ROLE,
    GuideEntryDelegate,
)
from kitsdesk.ui.guide.guide_reader import GuideReader
from kitsdesk.ui.parts.buttons import KeyedButton, icon_button
from kitsdesk.ui.parts.labels import divider, surface, wrapped_label
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_12, SPACE_16
from kitsdesk.ui.style import active_style

_PART = part_sizes("guide_window")
SIZE: list[int] = _PART["size"]
LEFT_WIDTH: int = _PART["left_width"]


class GuideWindow(QWidget):
    """`pageAsked(name, anchor)`, `linkAsked(link)`, `searchAsked(words)`, `stepAsked(±1)`,
    `browserAsked()`. Esc closes, and empties the search first."""

    pageAsked = pyqtSignal(str, str)
    linkAsked = pyqtSignal(str)
    searchAsked = pyqtSignal(str)
    stepAsked = pyqtSignal(int)
    browserAsked = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setWindowTitle("KiTSDesk guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self.resize(active_style().px(SIZE[0]), SIZE[1])
        self._field = QLineEdit()
        self._field.setPlaceholderText("Search the guide")
        self._field.setAccessibleName("Search the guide")
        self._field.setClearButtonEnabled(True)
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setMouseTracking(True)
        self._list.setItemDelegate(GuideEntryDelegate(self._list))
        self._list.setStyleSheet("background: transparent;")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = OverlayScroll(self._list)
        self.reader = GuideReader()
        self._back = icon_button("ph.arrow-left", "Back (Alt+←)", "bare")
        self._forward = icon_button("ph.arrow-right", "Forward (Alt+→)", "bare")
        self._browser = KeyedButton("Open in the browser", kind="quiet", size="small")
        self._note = wrapped_label("", "small", "muted")
        self._note.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._contents: list[QListWidgetItem] = []
        self._page = ""
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = surface("window")
        left.setFixedWidth(active_style().px(LEFT_WIDTH))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, SPACE_12, 0, SPACE_8)
        field = QHBoxLayout()
        field.setContentsMargins(SPACE_12, 0, SPACE_12, 0)
        field.addWidget(self._field)
        column.addLayout(field)
        column.addWidget(self._list, 1)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_12, SPACE_8, SPACE_12, SPACE_8)
        head.setSpacing(SPACE_4)
        head.addWidget(self._back)
        head.addWidget(self._forward)
        head.addStretch(1)
        head.addWidget(self._browser)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(head)
        right.addWidget(divider())
        right.addWidget(self.reader, 1)
        right.addWidget(self._note)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(left)
        whole.addWidget(divider("v"))
        whole.addLayout(right, 1)
        self._note.hide()

    def _connect(self) -> None:
        self._field.textChanged.connect(self.searchAsked)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(self._ask)
        self._list.itemActivated.connect(self._ask)
        self.reader.linkAsked.connect(self.linkAsked)
        self._back.clicked.connect(lambda: self.stepAsked.emit(-1))
        self._forward.clicked.connect(lambda: self.stepAsked.emit(1))
        self._browser.clicked.connect(self.browserAsked)
        for key, step in (("Alt+Left", -1), ("Alt+Right", 1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda step=step: self.stepAsked.emit(step))
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.activated.connect(self._find)

    def set_folder(self, folder: Path) -> None:
        """Look for the pages' pictures in this folder."""
        self.reader.set_folder(folder)

    def open_window(self) -> None:
        """Show the window in front; the search has the focus."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._field.setFocus()

    def show_contents(self, chapters: Sequence[Chapter], titles: dict[str, str]) -> None:
        """List the chapters with the titles of their pages."""
        self._contents = []
        for chapter in chapters:
            caption = QListWidgetItem(chapter.title)
            caption.setFlags(Qt.ItemFlag.NoItemFlags)
            caption.setData(CHAPTER_ROLE, True)
            self._contents.append(caption)
            for name in chapter.pages:
                entry = QListWidgetItem(titles[name])
                entry.setData(STOP_ROLE, (name, ""))
                self._contents.append(entry)
        self._fill(self._contents)

    def show_hits(self, hits: Sequence[Hit] | None) -> None:
        """List what a search found in place of the contents; None for the contents."""
        if hits is None:
            self._fill(self._contents)
            self._mark()
            return
        items = []
        for hit in hits:
            item = QListWidgetItem(hit.title)
            item.setData(STOP_ROLE, (hit.page, hit.anchor))
            item.setData(HIT_ROLE, hit)
            items.append(item)
        if not items:
            nothing = QListWidgetItem("Nothing found")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            nothing.setData(CHAPTER_ROLE, True)
            items = [nothing]
        self._fill(items)
        self._list.setCurrentRow(0)

    def show_page(self, name: str, html: str, anchor: str) -> None:
        """Show a page from its anchor on, or from its top."""
        self._page = name
        self.reader.show_html(html, anchor)
        self._mark()

    def set_history(self, back: bool, forward: bool) -> None:
        """Offer the way back and forward."""
        self._back.setEnabled(back)
        self._forward.setEnabled(forward)

    def show_note(self, text: str) -> None:
        """Say something below the page, such as where the files lie; "" says nothing."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def entries(self) -> list[str]:
        """Return the titles listed now."""
        items = (self._list.item(row) for row in range(self._list.count()))
        return [item.text() for item in items if item is not None]

    def _fill(self, items: list[QListWidgetItem]) -> None:
        while self._list.count():
            self._list.takeItem(0)
        for item in items:
            self._list.addItem(item)

    def _mark(self) -> None:
        for row in range(self._list.count()):
            item = self._list.item(row)
            stop = item.data(STOP_ROLE) if item is not None else None
            hit = item.data(HIT_ROLE) if item is not None else None
            if stop is not None and hit is None and stop[0] == self._page:
                self._list.setCurrentRow(row)
                return
        if self._list.currentItem() is None or not self._field.text():
            self._list.setCurrentRow(-1)

    def _ask(self, item: QListWidgetItem | None) -> None:
        stop = item.data(STOP_ROLE) if item is not None else None
        if stop is not None:
            self.pageAsked.emit(*stop)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take arrows and Enter from the search field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._ask(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _find(self) -> None:
        self._field.setFocus()
        self._field.selectAll()

    def _step(self, step: int) -> None:
        rows = self._list.count()
        row = self._list.currentRow()
        for _ in range(rows):
            row = (row + step) % rows
            item = self._list.item(row)
            if item is not None and item.data(STOP_ROLE) is not None:
                self._list.setCurrentRow(row)
                return

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc empties the search, then closes."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            if self._field.text():
                self._field.clear()
            else:
                self.close()
            return
        super().keyPressEvent(event)
