"""A decision list before it is applied: every change as a line, then one button."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kitsdesk.review.list_preview import ListPreview, ListRow
from kitsdesk.ui.design_tokens import icon_size, part_sizes
from kitsdesk.ui.icons import DECISION_ICONS
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.icon_label import Glyph, IconLabel
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import (
    EDGE,
    SPACE_2,
    SPACE_8,
    SPACE_10,
    SPACE_12,
    SPACE_14,
    SPACE_16,
    SPACE_24,
    SPACE_40,
)

_PART = part_sizes("list_sheet")
CASE_WIDTH: int = _PART["case_width"]
STATE_WIDTH: int = _PART["state_width"]


class ListSheet(Sheet):
    """`applyAsked()`: make the changes shown."""

    applyAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._title, self._count = heading(""), text_label("", "base", "muted")
        self._about = wrapped_label("", "base", "muted")
        self._sure_icon = Glyph("ph.check-circle", "success", icon_size("base"))
        self._sure = wrapped_label("", "small")
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(SPACE_24, 0, SPACE_24, 0)
        self._rows.setSpacing(0)
        self._folds = wrapped_label("", "small", "muted")
        self._apply = KeyedButton("Apply", kind="primary", size="large")
        self._lay_out()
        self._apply.clicked.connect(self._ask)

    def _lay_out(self) -> None:
        sure = QHBoxLayout()
        sure.setSpacing(SPACE_8)
        sure.addWidget(self._sure_icon, 0, Qt.AlignmentFlag.AlignTop)
        sure.addWidget(self._sure, 1)
        text = QVBoxLayout()
        text.setContentsMargins(SPACE_24, SPACE_14, SPACE_24, SPACE_14)
        text.setSpacing(SPACE_10)
        text.addWidget(self._about)
        text.addLayout(sure)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_16)
        foot.addWidget(self._folds, 1)
        foot.addWidget(self._apply)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(sheet_head(self._title, self._count, self.close_sheet))
        whole.addWidget(divider())
        whole.addLayout(text)
        whole.addWidget(divider())
        whole.addWidget(scrolled(self._body), 1)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def sizeHint(self) -> QSize:
        """Return the sheet's size at 1600 × 1000."""
        return QSize(*_PART["size"])

    def show_list(self, shown: ListPreview, recognised: str, warning: bool) -> None:
        """Fill the sheet with a list's changes."""
        self._title.setText(shown.title)
        possible = sum(not row.refused for row in shown.rows)
        self._count.setText(count_text(possible, "change"))
        self._about.setText(shown.about)
        self._about.setVisible(bool(shown.about))
        self._sure.setText(" ".join([recognised, *_notes(shown)]))
        self._sure_icon.set_glyph(
            "ph.warning" if warning else "ph.check-circle", "warning" if warning else "success"
        )
        self._fill(shown)
        self._folds.setText(shown.folds)
        self._apply.setText(f"Apply {count_text(possible, 'change')}")
        self._apply.updateGeometry()
        explain(self._apply, possible > 0, "There is nothing to change")

    def _fill(self, shown: ListPreview) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, row in enumerate(shown.rows):
            if place:
                self._rows.addWidget(divider())
            self._rows.addWidget(ChangeRow(row))
        if not shown.rows:
            nothing = text_label("Everything is as the list says already.", "base", "muted")
            nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
            nothing.setContentsMargins(0, SPACE_40, 0, SPACE_40)
            self._rows.addWidget(nothing)
        self._rows.addStretch(1)

    def _ask(self) -> None:
        self._apply.setEnabled(False)
        self.applyAsked.emit()


class ChangeRow(QWidget):
    """One case: what it is, what it becomes, why, and who says so."""

    def __init__(self, row: ListRow) -> None:
        super().__init__()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, SPACE_10, 0, SPACE_10)
        across.setSpacing(SPACE_12)
        top = Qt.AlignmentFlag.AlignTop
        name = text_label(row.case, "base", "", "semibold")
        name.setFixedWidth(CASE_WIDTH)
        across.addWidget(name, 0, top)
        across.addWidget(_state(row.now), 0, top)
        across.addWidget(Glyph("ph.arrow-right", "text_muted", icon_size("base")), 0, top)
        across.addWidget(_state(row.becomes, off=bool(row.refused)), 0, top)
        words = QVBoxLayout()
        words.setSpacing(SPACE_2)
        for text in self._words(row):
            words.addWidget(text)
        across.addLayout(words, 1)

    def _words(self, row: ListRow) -> list[QLabel]:
        found = []
        if row.refused:
            found.append(wrapped_label(f"Stays as it is: {row.refused}.", "base", "warning"))
        if row.reason:
            found.append(wrapped_label(row.reason, "base", "muted" if row.refused else ""))
        if row.since:
            found.append(wrapped_label(row.since, "small", "muted"))
        if row.source:
            found.append(wrapped_label(row.source, "small", "muted"))
        return found


def _state(decision: str, *, off: bool = False) -> IconLabel:
    icon, role = DECISION_ICONS[decision]  # type: ignore[index]
    label = IconLabel(
        icon, decision, role="text_disabled" if off else role, text_role="base", tone="muted"
    )
    label.setFixedWidth(STATE_WIDTH)
    label.setEnabled(not off)
    return label


def _notes(shown: ListPreview) -> list[str]:
    notes = []
    if shown.same:
        verb = "is" if shown.same == 1 else "are"
        notes.append(f"{count_text(shown.same, 'case')} {verb} decided so already.")
    if shown.missing:
        notes.append(f"{count_text(len(shown.missing), 'case')} of the list not in this project.")
    return notes
