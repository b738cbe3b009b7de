"""The one job that the Jobs strip shows: what, how far, curves, buttons."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kitsdesk.project.job_rows import FoldCurve, JobRow
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.jobs.fold_plot import FoldPlot
from kitsdesk.ui.jobs.job_buttons import JobButtons
from kitsdesk.ui.jobs.job_words import left_text, percent_text
from kitsdesk.ui.parts.bars import ProgressLine
from kitsdesk.ui.parts.labels import ElidedLabel, number_label, text_label
from kitsdesk.ui.parts.structure_swatch import LineSwatch
from kitsdesk.ui.parts.wording import UNKNOWN, number_text
from kitsdesk.ui.spacing import SPACE_2, SPACE_4, SPACE_8, SPACE_16, SPACE_24
from kitsdesk.ui.style import restyle

_PART = part_sizes("job_strip")


def live_curve(row: JobRow) -> FoldCurve | None:
    """Return the fold whose curves the strip shows: the running one, else the last with any."""
    with_values = [curve for curve in row.curves if curve.epoch]
    running = [curve for curve in with_values if curve.state == "running"]
    found = running or with_values
    return found[-1] if found else None


class JobStrip(QWidget):
    """`asked(what, job)` as `JobButtons`, whose `buttons` it holds."""

    asked = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._title = ElidedLabel("", "base")
        restyle(self._title, weight="semibold")
        self._subtitle = ElidedLabel("", "small", "muted")
        self._phase = ElidedLabel("", "small")
        self._percent = number_label("", "medium")
        self._bar = ProgressLine(control("progress_thick"))
        self._left = text_label("", "small", "muted")
        self._detail = text_label("", "small", "muted")
        self._plot = FoldPlot(whole=False)
        self._plot.setFixedWidth(_PART["plot_width"])
        self._plot.setMinimumHeight(control("height_large"))
        self._legend, self._legend_values = self._make_legend()
        self.buttons = JobButtons()
        self.buttons.asked.connect(self.asked)
        self._lay_out()

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(SPACE_2)
        names.addWidget(self._title)
        names.addWidget(self._subtitle)
        names_box = QWidget()
        names_box.setLayout(names)
        names_box.setFixedWidth(_PART["names_width"])
        names.setContentsMargins(0, 0, SPACE_16, 0)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(_PART["line_gap"])
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(4, 1)
        grid.addWidget(self._phase, 1, 0)
        grid.addWidget(self._percent, 1, 1)
        grid.addWidget(self._bar, 2, 0, 1, 2)
        grid.addWidget(self._left, 3, 0)
        grid.addWidget(self._detail, 3, 1, Qt.AlignmentFlag.AlignRight)
        progress = QWidget()
        progress.setLayout(grid)
        progress.setMinimumWidth(_PART["progress_least"])
        progress.setMaximumWidth(_PART["progress_most"])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_24)
        row.addWidget(names_box, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(progress, 5)
        row.addWidget(self._plot, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._legend, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.buttons, 0, Qt.AlignmentFlag.AlignVCenter)

    def _make_legend(self) -> tuple[QWidget, list[QLabel]]:
        widget = QWidget()
        grid = QGridLayout(widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_8)
        grid.setVerticalSpacing(SPACE_4)
        values: list[QLabel] = []
        for row, (role, word) in enumerate((("text", "loss"), ("accent", "pseudo-Dice"))):
            grid.addWidget(LineSwatch(role), row, 0)
            grid.addWidget(text_label(word, "small", "muted"), row, 1)
            value = number_label("–")
            value.setMinimumWidth(_PART["value_width"])
            restyle(value, role="small")
            grid.addWidget(value, row, 2)
            values.append(value)
        return widget, values

    def set_job(self, row: JobRow) -> None:
        """Show a job."""
        self._title.setText(row.title)
        self._subtitle.setText(row.subtitle)
        failed = row.state == "failed"
        self._phase.setText(row.error if failed else (row.phase or row.state))
        restyle(self._phase, tone="error" if failed else "")
        self._percent.setText("" if failed else percent_text(row))
        self._bar.setVisible(not failed)
        self._bar.set_value(row.fraction)
        self._left.setText(left_text(row))
        self._detail.setText(row.detail)
        self.buttons.set_job(row)
        curve = live_curve(row)
        self._plot.setVisible(curve is not None)
        self._legend.setVisible(curve is not None)
        if curve is not None:
            self._plot.set_curve(curve)
            loss, dice = self._legend_values
            loss.setText(number_text(curve.loss[-1], 2) if curve.loss else UNKNOWN)
            dice.setText(number_text(curve.pseudo_dice[-1], 2) if curve.pseudo_dice else UNKNOWN)
