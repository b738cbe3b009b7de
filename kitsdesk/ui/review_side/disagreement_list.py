"""The list of disagreements; the selected one carries its three buttons."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QListView, QSizePolicy, QVBoxLayout, QWidget

from kitsdesk.review.rows import DisagreementRow, ReviewFacts
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, icon_button
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.parts.record_model import RecordModel
from kitsdesk.ui.parts.structure_swatch import HatchSwatch
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.review_side.disagreement_delegate import (
    OPEN_ROLE,
    DisagreementDelegate,
)
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_12, SPACE_16
from kitsdesk.ui.style import restyle

_PART = part_sizes("disagreement_list")


class DisagreementModel(RecordModel[DisagreementRow]):
    """Rows, and which one is open."""

    def __init__(self) -> None:
        super().__init__()
        self._open: int | None = None

    def set_rows(self, rows: tuple[DisagreementRow, ...]) -> None:
        """Replace all rows, or those that changed of the same disagreements, whose open row
        stays open."""
        former = self.records()
        if [row.sentence for row in rows] != [row.sentence for row in former]:
            self._open = None
            self.set_records(rows)
            return
        for place, (row, known) in enumerate(zip(rows, former, strict=True)):
            if row != known or row.picture is not known.picture:
                self.replace_record(place, row)

    @property
    def open_place(self) -> int | None:
        """The place of the row that is open."""
        return self._open

    def set_open(self, place: int | None) -> None:
        """Open one row, close the other."""
        old, self._open = self._open, place
        for changed in {old, place} - {None}:
            index = self.index(int(changed or 0))
            self.dataChanged.emit(index, index)

    def place_of(self, number: int | None) -> int | None:
        """Return the place of the disagreement with this index."""
        return next((p for p, row in enumerate(self.records()) if row.index == number), None)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a record, whether it is open, or its sentence."""
        return index.row() == self._open if role == OPEN_ROLE else super().data(index, role)

    def words(self, record: DisagreementRow, role: int) -> object:
        """Return the sentence."""
        if role == Qt.ItemDataRole.ToolTipRole:
            return record.sentence or None
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        whole = record.sentence or f"{record.title}, {record.detail}"
        return whole if role in spoken else None


class DisagreementView(QListView):
    """As high as its rows up to a limit, then it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Disagreements")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self._scroll = OverlayScroll(self)

    def sizeHint(self) -> QSize:
        """Return room for three rows, one of them open."""
        return QSize(*_PART["size"])

    def minimumSizeHint(self) -> QSize:
        """Return room for the open row."""
        return QSize(*_PART["least"])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go to the row with the ring by Enter; leave Space without effect. Neither decides."""
        if event is None or event.key() == Qt.Key.Key_Space:
            return
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())


class OpenRowButtons(QWidget):
    """The three buttons, at the lower edge of the open row."""

    def __init__(self) -> None:
        super().__init__()
        self.take = KeyedButton(
            "Take prediction", action=ActionId.TAKE_PREDICTION, kind="plain-panel", size="small"
        )
        self.keep = KeyedButton(
            "Keep reference", action=ActionId.KEEP_REFERENCE, kind="plain-panel", size="small"
        )
        self.paint_here = KeyedButton("Paint", kind="plain-panel", size="small")
        self.alike = icon_button("ph.squares-four", "More like this")
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_8, 0, SPACE_8, SPACE_8)
        row.setSpacing(SPACE_4)
        for button in (self.take, self.keep, self.paint_here, self.alike):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_4)
        column.addStretch(1)
        column.addLayout(row)


class DisagreementList(QWidget):
    """`chosen(index)`, `takeAsked(index)`, `keepAsked(index)`, `paintAsked(index)`,
    `alikeAsked(index)`."""

    chosen = pyqtSignal(int)
    takeAsked = pyqtSignal(int)
    keepAsked = pyqtSignal(int)
    paintAsked = pyqtSignal(int)
    alikeAsked = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._head = ElidedLabel("", "small", "muted")
        restyle(self._head, weight="semibold")
        self._model = DisagreementModel()
        self._view = DisagreementView()
        self._view.setModel(self._model)
        self._delegate = DisagreementDelegate()
        self._view.setItemDelegate(self._delegate)
        self._open: int | None = None
        self._read_only = False
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        head.setSpacing(SPACE_4)
        head.addWidget(self._head, 1)
        self._legend = []
        for prediction_only, word in ((True, "prediction only"), (False, "reference only")):
            for part in (HatchSwatch(prediction_only), text_label(word, "caption", "muted")):
                head.addWidget(part)
                self._legend.append(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_12, 0, SPACE_8)
        column.setSpacing(SPACE_8)
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(SPACE_8, 0, SPACE_8, 0)
        inner.addWidget(self._view)
        column.addLayout(inner, 1)
        self._view.clicked.connect(lambda index: self._choose(index.row()))
        self._view.activated.connect(lambda index: self._choose(index.row()))

    def set_facts(self, facts: ReviewFacts) -> None:
        """Show the disagreements of a case; the one that was open stays open."""
        open_index = self._open
        self._read_only = facts.read_only
        count = len(facts.disagreements)
        short = count_text(count, "disagreement")
        words = f"{short}, {facts.disagreeing_ml:.1f} ml"
        none = "No disagreement of 0.1 ml or more"
        self._head.set_texts(words if count else none, short if count else "No disagreement")
        for part in self._legend:
            part.setVisible(count > 0)
        self._view.setVisible(count > 0)
        self._model.set_rows(facts.disagreements)
        self.select(open_index)

    def select(self, index: int | None) -> None:
        """Open one disagreement by its index, or none, without a signal."""
        place = self._model.place_of(index)
        self._open = index if place is not None else None
        if place is not None and place == self._model.open_place:
            self._view.scrollTo(self._model.index(place))
            return
        for row in range(self._model.rowCount()):
            self._view.setIndexWidget(self._model.index(row), None)
        self._model.set_open(place)
        if place is not None:
            shown = self._model.index(place)
            self._view.setCurrentIndex(shown)
            self._view.setIndexWidget(shown, self._buttons(self._model.record(place)))
            self._view.scrollTo(shown)

    def selected(self) -> int | None:
        """Return the open disagreement's index."""
        return self._open

    def _buttons(self, row: DisagreementRow) -> OpenRowButtons:
        buttons = OpenRowButtons()
        buttons.take.clicked.connect(lambda: self.takeAsked.emit(row.index))
        buttons.keep.clicked.connect(lambda: self.keepAsked.emit(row.index))
        buttons.paint_here.clicked.connect(lambda: self.paintAsked.emit(row.index))
        buttons.alike.clicked.connect(lambda: self.alikeAsked.emit(row.index))
        for button in (buttons.take, buttons.keep, buttons.paint_here):
            button.setEnabled(not self._read_only)
            button.setToolTip("The project is open read-only" if self._read_only else "")
        return buttons

    def _choose(self, place: int) -> None:
        index = self._model.record(place).index
        self.select(index)
        self.chosen.emit(index)
