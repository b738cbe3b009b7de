"""One fold among many: state, pseudo-Dice, curves and one line, to be chosen by a click."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)

from kitsdesk.project.job_rows import RunTask
from kitsdesk.ui.design_tokens import icon_size, line_width, part_sizes
from kitsdesk.ui.jobs.fold_plot import FoldPlot
from kitsdesk.ui.jobs.job_words import STATE_ICONS
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import ElidedLabel, text_label, wrapped_label
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.wording import count_text, dice_text
from kitsdesk.ui.runs.run_words import epoch_text, rest_text, task_words
from kitsdesk.ui.spacing import SPACE_4, SPACE_6, SPACE_10
from kitsdesk.ui.style import active_style, restyle

_PART = part_sizes("fold_cell")


class FoldCell(QAbstractButton):
    """Made once per fold; an update changes what changed. Checked = chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._task: RunTask | None = None
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._icon = Glyph("ph.hourglass", "text_muted", icon_size("small"))
        self._name = text_label("", "base", "", "semibold")
        self._dice = text_label("", "base", "accent", "medium")
        self._plot = FoldPlot()
        self._why = wrapped_label("", "small", "muted")
        self._why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._why)
        self._stack.addWidget(self._plot)
        self._note = ElidedLabel("", "caption", "muted")
        head = QHBoxLayout()
        head.setSpacing(SPACE_6)
        head.addWidget(self._icon)
        head.addWidget(self._name, 1)
        head.addWidget(self._dice)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_10, SPACE_6, SPACE_10, SPACE_6)
        column.setSpacing(SPACE_4)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._note)
        for part in (self._icon, self._name, self._dice, self._stack, self._note):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """Return a small picture with its words."""
        return QSize(*(active_style().px(side) for side in _PART["size"]))

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(*(active_style().px(side) for side in _PART["least"]))

    def set_task(self, task: RunTask) -> None:
        """Show a fold."""
        curve = task.curve
        if curve is None or task == self._task:
            return
        self._task = task
        self._icon.set_glyph(*STATE_ICONS[task.state])
        self._name.setText(f"fold {curve.fold}")
        self._dice.setText(dice_text(curve.pseudo_dice[-1]) if curve.pseudo_dice else "")
        failed = task.state == "failed"
        drawn = bool(curve.epoch)
        self._stack.setCurrentIndex(1 if drawn else 0)
        self._why.setText("" if drawn else task_words(task))
        restyle(self._why, tone="error" if failed else "muted")
        self._note.setText(_note(task, drawn))
        restyle(self._note, tone="error" if failed and drawn else "muted")
        self.setAccessibleName(f"{task.title}, {task.state}, {task_words(task)}")
        self.setToolTip(task_words(task))
        if drawn:
            self._plot.set_curve(curve)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ground: a card, tinted while it is chosen."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, focus = self.isChecked(), self.hasFocus()
        edge = "focus_ring" if focus else ("accent" if on else "border")
        painter.setPen(QPen(style.colour(edge), line_width("focus" if focus else "edge")))
        ground = "accent_soft" if on else ("hover" if self.underMouse() else "panel")
        painter.setBrush(style.colour(ground))
        inset = 1.0 if focus else 0.5
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        draw_rounded(painter, box, "control")
        painter.end()


def _note(task: RunTask, drawn: bool) -> str:
    if not drawn:
        return task.place
    if task.state == "done" and task.curve is not None:
        epochs = count_text(task.curve.epochs_total, "epoch")
        return " · ".join(part for part in (epochs, task.place) if part)
    if task.state in ("waiting", "failed", "paused"):
        return task_words(task)
    rest = rest_text(task)
    parts = (epoch_text(task), f"{rest} left" if rest else task.place)
    return " · ".join(part for part in parts if part)
