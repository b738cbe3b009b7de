"""What the chosen place said of itself: a mark and a sentence for each finding."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.place_facts import Mark, PlaceFacts
from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import Tone, wrapped_label
from kitsdesk.ui.spacing import SPACE_2, SPACE_4, SPACE_8

MARKS: dict[Mark, tuple[str, str, Tone]] = {
    "good": ("ph.check-circle", "success", "muted"),
    "open": ("ph.hourglass", "text_muted", "muted"),
    "bad": ("ph.warning", "error", "error"),
}
ASKING = "Asking; a cluster may take a minute…"


class PlaceLines(QWidget):
    """`checkAsked()`: a person wants to know anew."""

    checkAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[QWidget] = []
        self._again = KeyedButton("Check again", "ph.arrow-clockwise", kind="quiet", size="small")
        self._again.clicked.connect(self.checkAsked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_4)

    def set_facts(self, facts: PlaceFacts | None, again: bool = True) -> None:
        """Show what was found, None while the place is asked; `again` offers to ask anew."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._column.removeWidget(self._again)
        lines = facts.lines if facts is not None else (("open", ASKING),)
        self._rows = [_line(mark, text) for mark, text in lines]
        for row in self._rows:
            self._column.addWidget(row)
        self._column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        self._again.setVisible(again and facts is not None)
        self.updateGeometry()

    def texts(self) -> list[str]:
        """Return the sentences shown."""
        return [str(row.property("sentence")) for row in self._rows]


def _line(mark: Mark, text: str) -> QWidget:
    icon, role, tone = MARKS[mark]
    widget = QWidget()
    widget.setProperty("sentence", text)
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_8)
    glyphs = QVBoxLayout()
    glyphs.setContentsMargins(0, SPACE_2, 0, 0)
    glyphs.addWidget(Glyph(icon, role, icon_size("small")))
    glyphs.addStretch(1)
    row.addLayout(glyphs)
    row.addWidget(wrapped_label(text, "small", tone), 1)
    return widget
