"""How likely is a fault: what was found, what is probably left, and whether to go on."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.review.recall import FaultEstimate, Interval
from kitsdesk.ui.curating.recall_curve import RecallCurve
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.spacing import EDGE, SPACE_6, SPACE_8, SPACE_10, SPACE_14, SPACE_16, SPACE_24

SHARES = (("0.05", "5 %"), ("0.1", "10 %"), ("0.2", "20 %"))


class ValueCell(QWidget):
    """A name, one number, its interval below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._value = text_label("–", "title")
        self._note = text_label("", "small", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_10, SPACE_16, SPACE_10)
        column.setSpacing(EDGE)
        column.addWidget(wrapped_label(name, "small", "muted"))
        column.addStretch(1)
        column.addWidget(self._value)
        column.addWidget(self._note)

    def set_value(self, value: str, note: str) -> None:
        """Show a number and its line."""
        self._value.setText(value)
        self._note.setText(note)


class EstimateSheet(Sheet):
    """`plantAsked(share)`, `removeAsked()`, `lookAgainAsked()`."""

    plantAsked = pyqtSignal(float)
    removeAsked = pyqtSignal()
    lookAgainAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._beside = text_label("", "base", "muted")
        self._sentence = wrapped_label("", "title")
        self._advice = wrapped_label("", "base")
        self._curve = RecallCurve()
        self._left = ValueCell("Wrong masks not reviewed yet")
        self._missed = ValueCell("Wrong masks among the kept cases")
        self._skill = ValueCell("Wrong masks that you find")
        self._planted = wrapped_label("", "small", "muted")
        self._share = Segments(SHARES)
        self._share.set_chosen("0.1")
        self._plant = KeyedButton("Plant faults", "ph.test-tube")
        self._remove = KeyedButton("Remove them", kind="quiet")
        self._again = KeyedButton("Second look…", "ph.eye")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        told = QVBoxLayout()
        told.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_8)
        told.setSpacing(SPACE_6)
        told.addWidget(self._sentence)
        told.addWidget(self._advice)
        told.addSpacing(SPACE_8)
        told.addWidget(section_label("Share of all wrong masks found, with a 90 % interval"))
        told.addWidget(self._curve, 1)
        cells = QHBoxLayout()
        cells.setSpacing(0)
        for place, cell in enumerate((self._left, self._missed, self._skill)):
            if place:
                cells.addWidget(divider("v"))
            cells.addWidget(cell, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(
            sheet_head(heading("How likely is a fault"), self._beside, self.close_sheet)
        )
        whole.addWidget(divider())
        whole.addLayout(told, 1)
        whole.addWidget(divider())
        whole.addLayout(cells)
        whole.addWidget(divider())
        whole.addLayout(self._make_foot())

    def _make_foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_14, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_10)
        foot.addWidget(self._planted)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self._share)
        row.addWidget(text_label("of the cases not reviewed", "small", "muted"))
        row.addWidget(self._plant)
        row.addWidget(self._remove)
        row.addStretch(1)
        row.addWidget(self._again, 0, Qt.AlignmentFlag.AlignRight)
        foot.addLayout(row)
        return foot

    def _connect(self) -> None:
        self._plant.clicked.connect(
            lambda: self.plantAsked.emit(float(self._share.current() or "0.1"))
        )
        self._remove.clicked.connect(self.removeAsked)
        self._again.clicked.connect(self.lookAgainAsked)

    def sizeHint(self) -> QSize:
        """Return the sheet's size at 1600 × 1000."""
        return QSize(*part_sizes("estimate_sheet")["size"])

    def show_estimate(
        self, told: FaultEstimate, advice: str, progress: str, planted: int, plantable: str
    ) -> None:
        """Fill the sheet."""
        self._beside.setText(progress)
        self._sentence.setText(told.sentence)
        self._advice.setText(advice)
        self._curve.set_curve(told.curve)
        self._left.set_value(_count(told.left), _counts(told.left))
        self._missed.set_value(_count(told.missed), _counts(told.missed))
        low, high = (round(100 * share) for share in (told.skill.low, told.skill.high))
        self._skill.set_value(f"{told.skill.value:.0%}".replace("%", " %"), f"{low} to {high} %")
        self._planted.setText(_planted_words(told, planted))
        self._remove.setVisible(planted > 0)
        explain(
            self._plant,
            not plantable,
            plantable,
            "Faults are shown in right masks; they are never saved and never exported",
        )


def _planted_words(told: FaultEstimate, shown: int) -> str:
    judged = told.planted.judged
    words = (
        "How many wrong masks you find is measured with faults that are planted in right masks, "
        "for display alone: never saved, never exported, gone once you decide on the case."
    )
    if judged:
        words += f" You found {told.planted.found} of {judged}."
    if shown:
        words += f" {count_text(shown, 'case')} {'shows' if shown == 1 else 'show'} one now."
    if not judged and not shown:
        words += " None was planted yet: 8 of 10 is assumed."
    return words


def _count(number: Interval) -> str:
    return f"about {round(number.value)}" if number.value >= 0.5 else "probably none"


def _counts(number: Interval) -> str:
    return f"{round(number.low)} to {round(number.high)}"
