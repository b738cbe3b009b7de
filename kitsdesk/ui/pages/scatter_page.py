"""Scatter: where a fault is likely and where a case is hard."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QPixmap, QShowEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.pages.plot_legend import PlotLegend
from kitsdesk.ui.pages.scatter_plot import ScatterPlot
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.labels import divider, text_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.thumbnail_painting import grey_pixmap
from kitsdesk.ui.parts.wording import count_text, dice_text
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24

_PART = part_sizes("scatter_page")
PICTURE: int = _PART["picture"]
_AWAY: int = _PART["popover_away"]
_EDGE: int = _PART["popover_edge"]


class CasePopover(QFrame):
    """A case beside its mark: picture, id, suspicion, why."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("surface", "sheet")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._case = text_label("", "base", "", "semibold")
        self._suspicion = text_label("", "small", "muted")
        self._why = text_label("", "small", "muted")
        head = QHBoxLayout()
        head.setSpacing(SPACE_16)
        head.addWidget(self._case, 1)
        head.addWidget(self._suspicion)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_8, SPACE_8, SPACE_8, SPACE_8)
        column.setSpacing(SPACE_4)
        column.addWidget(self._picture)
        column.addLayout(head)
        column.addWidget(self._why)
        self.hide()

    def show_case(self, row: CaseRow, x: int, y: int) -> None:
        """Show a case near (x, y) of the parent, inside it."""
        has = row.thumbnail is not None
        self._picture.setVisible(has)
        picture = grey_pixmap(row.thumbnail, PICTURE) if row.thumbnail is not None else QPixmap()
        self._picture.setPixmap(picture)
        self._case.setText(row.case)
        self._suspicion.setText(f"suspicion {dice_text(row.suspicion)}")
        self._why.setText(", ".join(chip.text for chip in row.chips) or row.decision)
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            x = min(x + _AWAY, parent.width() - self.width() - _EDGE)
            y = min(max(_EDGE, y + _AWAY), parent.height() - self.height() - _EDGE)
        self.move(x, y)
        self.show()
        self.raise_()


class ScatterPage(QWidget):
    """Signals: `caseChosen(id)` (open it at its worst slice), `structureChosen`,
    `closeAsked()`."""

    caseChosen = pyqtSignal(str)
    structureChosen = pyqtSignal(str)
    closeAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._rows: tuple[CaseRow, ...] = ()
        self._stale = False
        self._structure = Segments((("tumor", "Tumor"), ("kidney", "Kidney")))
        self._structure.set_chosen("tumor")
        self._words = text_label("", "small", "muted")
        self._plot = ScatterPlot()
        self._popover = CasePopover(self)
        self._lay_out()
        self._structure.chosen.connect(self._turn)
        self._plot.caseChosen.connect(self.caseChosen)
        self._plot.caseHovered.connect(self._hover)

    def _lay_out(self) -> None:
        close = icon_button("ph.x", "Back to the views")
        close.clicked.connect(self.closeAsked)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(text_label("Scatter", "title"))
        head.addSpacing(SPACE_4)
        head.addWidget(self._structure)
        head.addStretch(1)
        head.addWidget(self._words)
        head.addWidget(close)
        body = QVBoxLayout()
        body.setContentsMargins(SPACE_16, SPACE_12, SPACE_24, SPACE_16)
        body.addWidget(
            PlotLegend(
                (
                    ("ring", "text", "unreviewed"),
                    ("disc", "success", "kept"),
                    ("square", "success", "corrected"),
                    ("diamond", "accent", "replaced"),
                    ("cross", "text_muted", "excluded"),
                    ("up", "warning", "deferred"),
                    ("line", "border_strong", "equal suspicion"),
                )
            )
        )
        body.addWidget(self._plot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(divider())
        column.addLayout(body, 1)

    def set_rows(self, rows: Sequence[CaseRow]) -> None:
        """Show these cases; the marks are drawn while somebody looks."""
        self._rows = tuple(rows)
        self._stale = not self.isVisible()
        if not self._stale:
            self._turn(self._structure.current(), tell=False)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Draw what came while the page was away, and give the keys to the plot."""
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._turn(self._structure.current(), tell=False)
        self._plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_current(self, case: str) -> None:
        """Ring the open case, without a signal."""
        self._plot.set_current(case)

    def _turn(self, structure: str, tell: bool = True) -> None:
        self._plot.set_rows(self._rows, structure)
        count = count_text(self._plot.count(), "case")
        self._words.setText(f"{count} · a click opens the case at its worst slice")
        if tell:
            self.structureChosen.emit(structure)

    def _hover(self, case: str, x: int, y: int) -> None:
        row = next((row for row in self._rows if row.case == case), None)
        if row is None:
            self._popover.hide()
            return
        at = self._plot.mapTo(self, self._plot.rect().topLeft())
        self._popover.show_case(row, at.x() + x, at.y() + y)
