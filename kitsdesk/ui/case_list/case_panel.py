"""The left panel: the case list with its head, and what it says when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QListView, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.review.member_marks import MARKS, common_mark
from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.case_list.case_delegate import CaseDelegate
from kitsdesk.ui.case_list.case_head import CaseHead, ColumnHeads
from kitsdesk.ui.case_list.case_model import CaseModel
from kitsdesk.ui.case_list.case_order import CaseFilter, SortKey
from kitsdesk.ui.case_list.empty_list import EmptyList
from kitsdesk.ui.parts.labels import divider
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.style import active_style


class CaseView(QListView):
    """The rows; Enter and a click open a case, Space does nothing."""

    activatedCase = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Cases")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self._scroll = OverlayScroll(self)
        self.clicked.connect(self._clicked)

    def _clicked(self, index: QModelIndex) -> None:
        rows = self.selectionModel()
        if rows is not None and len(rows.selectedIndexes()) == 1:
            self.activatedCase.emit(index.data())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Open the current case by Enter; all else is the list's own."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            index = self.currentIndex()
            if index.isValid():
                self.activatedCase.emit(index.data())
            return
        super().keyPressEvent(event)


class CasePanel(QWidget):
    """Signals: `caseChosen(id)`, `selectionChanged(list of ids)`, `sortChanged(key)`,
    `filesDropped(list of paths)`, `openCaseAsked()`, `addCasesAsked()`."""

    caseChosen = pyqtSignal(str)
    selectionChanged = pyqtSignal(list)
    sortChanged = pyqtSignal(str)
    filesDropped = pyqtSignal(list)
    openCaseAsked = pyqtSignal()
    addCasesAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self.setAcceptDrops(True)
        self._model = CaseModel(self)
        self.head = CaseHead()
        self._columns = ColumnHeads()
        self._rule = divider()
        self._view = CaseView()
        self._view.setModel(self._model)
        self._delegate = CaseDelegate()
        self._view.setItemDelegate(self._delegate)
        self._empty = EmptyList()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self._view)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, self._columns, self._rule):
            column.addWidget(part)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.head.field.filterChanged.connect(self._filter)
        self.head.sort.keyChosen.connect(self._sort)
        self._view.activatedCase.connect(self.caseChosen)
        selection = self._view.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(
                lambda: self.selectionChanged.emit(self.selected_cases())
            )
        self._empty.openCaseAsked.connect(self.openCaseAsked)
        self._empty.addCasesAsked.connect(self.addCasesAsked)
        self._empty.clearFilterAsked.connect(self.head.field.clear_all)
        active_style().changed.connect(self._view.viewport().update)  # type: ignore[union-attr]

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Show these cases; the selection and the place in the list are kept."""
        scroll = self._view.verticalScrollBar()
        place = scroll.value() if scroll is not None else 0
        self._rearrange(lambda: self._model.set_rows(rows))
        if scroll is not None:
            scroll.setValue(place)
        self._refresh_head()

    def select(self, case: str) -> None:
        """Mark the open case, without a signal."""
        self.set_current(case)

    def visible_cases(self) -> list[str]:
        """Return the ids in the order and under the filter a person sees."""
        return [row.case for row in self._model.records()]

    def update_rows(self, rows: Sequence[CaseRow]) -> None:
        """Replace the rows of these cases only."""
        self._model.update_rows(rows)
        self._refresh_head()

    def set_sort(self, key: SortKey) -> None:
        """Sort without a signal."""
        self.head.sort.set_key(key)
        self._model.set_key(key)

    def set_mark(self, mark: str) -> None:
        """Show a mark that holds for every case in the column head, not row by row."""
        self._columns.set_mark(MARKS.get(mark, ""), mark)
        self._delegate.common_mark = mark

    def set_current(self, case: str, scroll: bool = True) -> None:
        """Select a case without a `caseChosen` signal."""
        place = self._model.row_of(case)
        if place is None:
            return
        index = self._model.index(place)
        selection = self._view.selectionModel()
        if index.isValid() and selection is not None:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            selection.setCurrentIndex(index, flag)
            if scroll:
                self._view.scrollTo(index)

    def current_case(self) -> str:
        """Return the current case's id, "" for none."""
        index = self._view.currentIndex()
        return str(index.data()) if index.isValid() else ""

    def selected_cases(self) -> list[str]:
        """Return the ids of all selected cases."""
        selection = self._view.selectionModel()
        return [] if selection is None else [str(i.data()) for i in selection.selectedIndexes()]

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.head.field.setFocus()
        self.head.field.selectAll()

    def _refresh_head(self) -> None:
        rows = self._model.everything
        scored = any(row.tumor_dice is not None or row.misfit is not None for row in rows)
        reviewed = sum(row.decision not in ("unreviewed", "deferred") for row in rows)
        if scored or reviewed:
            self.head.set_progress(reviewed, len(rows))
        else:
            self.head.set_summary(len(rows), sum(row.has_reference for row in rows))
        self.set_mark(common_mark(rows))
        self._columns.setVisible(scored)
        self._rule.setVisible(not scored)
        self._refresh_empty()

    def _refresh_empty(self) -> None:
        if self._model.rowCount():
            self._stack.setCurrentWidget(self._view)
        else:
            self._empty.set_filtered(bool(self._model.everything))
            self._stack.setCurrentWidget(self._empty)

    def _filter(self, case_filter: CaseFilter) -> None:
        self._rearrange(lambda: self._model.set_filter(case_filter))
        self._refresh_empty()

    def _rearrange(self, change: Callable[[], None]) -> None:
        """Change which rows are shown; Qt tells nobody of a selected row that goes."""
        selected = self.selected_cases()
        change()
        left = self.selected_cases()
        if left != selected:
            self.selectionChanged.emit(left)

    def _sort(self, key: SortKey) -> None:
        self._model.set_key(key)
        self.sortChanged.emit(key)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Hand the dropped paths on."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.filesDropped.emit([u.toLocalFile() for u in data.urls() if u.isLocalFile()])
