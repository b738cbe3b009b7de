"""The Jobs panel: 44 px with nothing running, 88 as a strip, 236 open."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.job_rows import JobRow
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.jobs.job_buttons import JobButtons
from kitsdesk.ui.jobs.job_page import JobPage
from kitsdesk.ui.jobs.job_strip import JobStrip
from kitsdesk.ui.jobs.job_words import foremost, summary
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.structure_swatch import LineSwatch
from kitsdesk.ui.spacing import EDGE, SPACE_2, SPACE_4, SPACE_6, SPACE_8, SPACE_16
from kitsdesk.ui.style import active_style

COLLAPSED: int = control("jobs_collapsed")
STRIP: int = control("jobs_strip")
OPEN: int = control("jobs_open")
_NAMES_WIDTH: int = part_sizes("jobs_panel")["names_width"]


class JobsPanel(QWidget):
    """Signals: `asked(what, job)` as of `JobButtons`; `openChanged(bool)`."""

    asked = pyqtSignal(str, str)
    openChanged = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[JobRow, ...] = ()
        self._open = False
        self._narrow = False
        self._chosen = ""
        self._caret = icon_button("ph.caret-up", "Open Jobs", "bare")
        self._words = text_label("", "small", "muted")
        self._strip = JobStrip()
        self._strip_words = text_label("", "small", "muted")
        self._page = JobPage()
        self._pick = DropButton("")
        self._subtitle = ElidedLabel("", "small", "muted")
        self._buttons = JobButtons()
        self._legend = _curve_legend()
        self._lay_out()
        self._caret.clicked.connect(lambda: self.set_open(not self._open))
        for part in (self._strip, self._buttons):
            part.asked.connect(self._asked)
        self._refresh()

    def _lay_out(self) -> None:
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(SPACE_8, 0, SPACE_16, 0)
        head.setSpacing(SPACE_8)
        self._names = QWidget()
        names = QVBoxLayout(self._names)
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(0)
        names.addStretch(1)
        first = QHBoxLayout()
        first.setSpacing(SPACE_2)
        first.addWidget(self._caret)
        first.addWidget(text_label("Jobs", "base", "", "semibold"), 1)
        names.addLayout(first)
        self._strip_words.setContentsMargins(SPACE_8, 0, 0, SPACE_4)
        names.addWidget(self._strip_words)
        names.addStretch(1)
        head.addWidget(self._names)
        head.addWidget(self._words)
        head.addSpacing(SPACE_8)
        for part in (self._pick, self._subtitle):
            head.addWidget(part)
        head.addWidget(self._strip, 1)
        self._gap = QWidget()
        head.addWidget(self._gap, 1)
        head.addWidget(self._legend)
        head.addWidget(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, EDGE, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._page, 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ground and the line above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), active_style().colour("panel"))
        painter.fillRect(0, 0, self.width(), 1, active_style().colour("border"))

    def set_writable(self, writable: bool, why: str) -> None:
        """Enable what changes the project's runs, or say why it may not be done."""
        for buttons in (self._strip.buttons, self._buttons):
            buttons.set_writable(writable, why)

    def set_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these jobs, newest first."""
        self._rows = tuple(rows)
        self._refresh()

    def set_open(self, is_open: bool) -> None:
        """Open the panel, or leave the strip."""
        if is_open != self._open:
            self._open = is_open
            self._refresh()
            self.openChanged.emit(is_open)

    def is_open(self) -> bool:
        """Return whether the panel is open."""
        return self._open

    def set_narrow(self, narrow: bool) -> None:
        """In the smallest window the strip gives its room to the views."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._refresh()

    def choose_job(self, job: str) -> None:
        """Show this job in the open panel."""
        self._chosen = job
        self._refresh()

    def show_log(self, job: str, text: str) -> None:
        """Open the panel on this job with the text of its log; "log" asked again closes it."""
        self._chosen = job
        self.set_open(True)
        self._refresh()
        self._page.show_log(text)

    def _shown(self) -> JobRow | None:
        chosen = next((row for row in self._rows if row.job == self._chosen), None)
        return chosen or foremost(self._rows) or (self._rows[0] if self._rows else None)

    def _refresh(self) -> None:
        row = self._shown() if self._open else foremost(self._rows)
        page = self._open and row is not None
        strip = not self._open and row is not None and not self._narrow
        style = active_style()
        height = OPEN if self._open else (STRIP if strip else COLLAPSED)
        self.setFixedHeight(style.px(height))
        self._head.setFixedHeight(style.px(height if strip else COLLAPSED) - EDGE)
        self._caret.setIcon(_caret_icon(self._open))
        self._caret.setToolTip("Close Jobs" if self._open else "Open Jobs")
        words = summary(self._rows)
        self._words.setText(words)
        self._strip_words.setText(words)
        self._words.setVisible(not strip)
        self._strip_words.setVisible(strip)
        self._names.setMinimumWidth(_NAMES_WIDTH if strip else 0)
        self._strip.setVisible(strip)
        self._gap.setVisible(not strip)
        self._page.setVisible(page)
        for part in (self._pick, self._subtitle, self._buttons):
            part.setVisible(page)
        self._legend.setVisible(page and row is not None and bool(row.curves))
        if row is not None:
            self._show(row, strip)

    def _show(self, row: JobRow, strip: bool) -> None:
        if strip:
            self._strip.set_job(row)
            return
        if not self._open:
            return
        self._page.set_job(row)
        self._buttons.set_job(row)
        self._subtitle.setText(" · ".join(part for part in (row.subtitle, row.detail) if part))
        self._pick.setText(row.title)
        self._pick.clear_choices()
        for other in self._rows:
            action = self._pick.add_choice(other.title, other.state)
            action.setChecked(other.job == row.job)
            action.triggered.connect(lambda _on, job=other.job: self.choose_job(job))
        self._pick.updateGeometry()

    def _asked(self, what: str, job: str) -> None:
        if what == "log" and self._page.log_is_shown() and self._open:
            self._page.toggle_log()
            return
        self.asked.emit(what, job)


def _caret_icon(is_open: bool) -> QIcon:
    return glyph("ph.caret-down" if is_open else "ph.caret-up", "text_muted")


def _curve_legend() -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, SPACE_8, 0)
    row.setSpacing(SPACE_6)
    entries = (
        ("text", False, "loss"),
        ("text_muted", True, "validation loss"),
        ("accent", False, "pseudo-Dice"),
    )
    for role, dashed, word in entries:
        row.addWidget(LineSwatch(role, dashed), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(text_label(word, "small", "muted"))
        row.addSpacing(SPACE_4)
    return widget
