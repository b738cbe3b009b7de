"""What the three lines of a fold's picture are."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.parts.structure_swatch import LineSwatch
from kitsdesk.ui.spacing import SPACE_4, SPACE_6

LINES = (
    ("text", False, "loss"),
    ("text_muted", True, "validation loss"),
    ("accent", False, "pseudo-Dice"),
)


class CurveLegend(QWidget):
    """A line and its name for each."""

    def __init__(self, margin: int = 16) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(margin, 0, margin, 0)
        row.setSpacing(SPACE_6)
        row.addStretch(1)
        for role, dashed, word in LINES:
            row.addWidget(LineSwatch(role, dashed), 0, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(text_label(word, "small", "muted"))
            row.addSpacing(SPACE_4)
