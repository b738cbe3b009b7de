"""One fold in the open Jobs panel: state, pseudo-Dice, curves, note."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.project.job_rows import FoldCurve
from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.jobs.fold_plot import FoldPlot
from kitsdesk.ui.jobs.job_words import STATE_ICONS, fold_note
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import ElidedLabel, divider, text_label, wrapped_label
from kitsdesk.ui.parts.wording import dice_text
from kitsdesk.ui.spacing import SPACE_4, SPACE_6


class FoldColumn(QWidget):
    """Made once per fold; every new epoch only appends."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = Glyph("ph.hourglass", "text_muted", icon_size("base"))
        self._name = text_label("", "base", "", "semibold")
        self._state = text_label("", "small", "muted")
        self._dice = text_label("", "base", "accent", "medium")
        self._plot = FoldPlot()
        self._waiting = wrapped_label("", "small", "muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self._plot)
        self._note = ElidedLabel("", "small", "muted")
        head = QHBoxLayout()
        head.setSpacing(SPACE_6)
        head.addWidget(self._icon)
        head.addWidget(self._name)
        head.addWidget(self._state, 1)
        head.addWidget(self._dice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        column.addLayout(head)
        column.addWidget(divider())
        column.addWidget(self._stack, 1)
        column.addWidget(self._note)

    def set_curve(self, curve: FoldCurve, several: bool, before: str) -> None:
        """Show a fold; `several` architectures name theirs, `before` is what it waits for."""
        self._icon.set_glyph(*STATE_ICONS[curve.state])
        name = f"fold {curve.fold}"
        self._name.setText(f"{curve.architecture} {name}" if several else name)
        self._state.setText(curve.state)
        self._dice.setText(dice_text(curve.pseudo_dice[-1]) if curve.pseudo_dice else "")
        self._note.setText(fold_note(curve))
        self._stack.setCurrentIndex(1 if curve.epoch else 0)
        self._waiting.setText(curve.waits or (f"starts after {before}" if before else "starting"))
        if curve.epoch:
            self._plot.set_curve(curve)
