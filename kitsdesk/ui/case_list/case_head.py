"""What stands above the rows: filter, sort, progress and the column heads."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from kitsdesk.ui.case_list.case_delegate import column_starts
from kitsdesk.ui.case_list.case_order import SORT_KEYS, CaseFilter, SortKey
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.icons import decision_glyph, glyph
from kitsdesk.ui.parts.bars import Bar
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_10, SPACE_12
from kitsdesk.ui.style import active_style
from trainer.contract.export_manifest import DECISIONS

_PART = part_sizes("case_head")


class FilterField(QLineEdit):
    """Text to search; its funnel opens the filters by decision."""

    filterChanged = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Filter cases")
        self.setAccessibleName("Filter cases")
        self.setClearButtonEnabled(True)
        funnel = QAction(glyph("ph.funnel", "text_muted"), "Filter by decision", self)
        self.addAction(funnel, QLineEdit.ActionPosition.LeadingPosition)
        self._menu = QMenu(self)
        self._choices = {decision: self._entry(decision) for decision in DECISIONS}
        for decision, action in self._choices.items():
            action.setIcon(decision_glyph(decision))
        self._menu.addSeparator()
        # Room for the name of the longest order beside it, in the narrowest list.
        self.setMinimumWidth(_PART["field_least"])
        self._unsaved = self._entry("with unsaved edits")
        self._predicted = self._entry("with a prediction")
        funnel.triggered.connect(
            lambda: self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        )
        self.textChanged.connect(self._emit)

    def _entry(self, text: str) -> QAction:
        action = QAction(text, self._menu)
        action.setCheckable(True)
        action.toggled.connect(self._emit)
        self._menu.addAction(action)
        return action

    def _emit(self) -> None:
        chosen = frozenset(name for name, action in self._choices.items() if action.isChecked())
        self.filterChanged.emit(
            CaseFilter(self.text(), chosen, self._unsaved.isChecked(), self._predicted.isChecked())
        )

    def clear_all(self) -> None:
        """Show every case again."""
        for action in (*self._choices.values(), self._unsaved, self._predicted):
            action.setChecked(False)
        self.clear()


class ColumnHeads(QWidget):
    """The names of the three values, where the rows paint them."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = ""

    def set_mark(self, why: str, mark: str) -> None:
        """Show a mark that holds for all cases, such as "by mirroring", once, up here."""
        self._mark = mark
        self.setToolTip(f"{mark}: {why}" if mark else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line of captions."""
        return QSize(_PART["row_width"], active_style().px(control("height_small")))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the heads on the window's ground."""
        style = active_style()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("window"))
        painter.fillRect(0, 0, self.width(), 1, style.colour("border"))
        painter.setFont(style.font("caption"))
        painter.setPen(style.colour("text_muted"))
        mark = {"by mirroring": " ⇋", "one member": " ¹"}.get(self._mark, "")
        starts = column_starts(self.width())
        pitch = starts[1] - starts[0] - _PART["name_gap"]
        names = ["Tumor Dice", "Kidney Dice"]
        if any(painter.fontMetrics().horizontalAdvance(name) > pitch for name in names):
            names = ["Tumor", "Kidney"]
        for start, name in zip(starts, [*names, "Agreement" + mark], strict=True):
            place = QRect(int(start), 0, _PART["name_width"], self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), name)


class SortButton(DropButton):
    """Names the order and opens the others."""

    keyChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__("suspicion", "ph.sort-ascending")
        self.setToolTip("Order of the cases")
        group = QActionGroup(self)
        for key in SORT_KEYS:
            action = self.add_choice(key)
            group.addAction(action)
            action.triggered.connect(lambda _checked, key=key: self._choose(key))
        self.set_key("suspicion")

    def _choose(self, key: SortKey) -> None:
        self.set_key(key)
        self.keyChosen.emit(key)

    def set_key(self, key: SortKey) -> None:
        """Show the order without a signal."""
        self.setText(key)
        self.check(key)


class CaseHead(QWidget):
    """Filter and sort in one row, progress below it."""

    def __init__(self) -> None:
        super().__init__()
        self.field = FilterField()
        self.sort = SortButton()
        self._reviewed = text_label("", "small")
        self._reviewed.setTextFormat(Qt.TextFormat.RichText)
        self._percent = text_label("", "small", "muted")
        self._pace = text_label("", "small", "muted")
        self._pace.hide()
        self._bar = Bar(control("progress_thin"))
        top = QHBoxLayout()
        top.setSpacing(SPACE_8)
        top.addWidget(self.field, 1)
        top.addWidget(self.sort)
        line = QHBoxLayout()
        line.addWidget(self._reviewed, 1)
        line.setSpacing(SPACE_12)
        line.addWidget(self._pace)
        line.addWidget(self._percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_10, SPACE_12, SPACE_12)
        column.setSpacing(0)
        column.addLayout(top)
        column.addSpacing(SPACE_10)
        column.addLayout(line)
        column.addSpacing(SPACE_6)
        column.addWidget(self._bar)

    def set_progress(self, reviewed: int, total: int) -> None:
        """Show how many cases have a decision."""
        self._reviewed.setText(f"<b>{reviewed}</b> of {total} reviewed")
        share = reviewed / total if total else 0.0
        self._percent.setText(f"{int(100 * share)} %")
        self._bar.setVisible(total > 0)
        self._percent.setVisible(total > 0)
        self._bar.set_value(share)

    def set_estimate(self, words: str) -> None:
        """Show the time left at the reader's pace beside the share, "" where not known."""
        self._pace.setText(words.removesuffix(" at your pace"))
        self._pace.setToolTip(f"The rest takes {words}" if words else "")
        self._pace.setVisible(bool(words))

    def set_summary(self, total: int, with_reference: int) -> None:
        """Show what there is while nothing has been predicted."""
        note = (
            "all with a reference mask"
            if with_reference == total
            else (f"{with_reference} with a reference mask")
        )
        self._reviewed.setText(f"{count_text(total, 'case')}, {note}" if total else "no cases")
        self._percent.hide()
        self._bar.hide()
