"""What the case list says when it has nothing to show."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import text_label, wrapped_label
from kitsdesk.ui.spacing import SPACE_8, SPACE_24, SPACE_48


class EmptyList(QWidget):
    """No cases at all: ways to get some. None under the filter: a way back."""

    openCaseAsked = pyqtSignal()
    addCasesAsked = pyqtSignal()
    clearFilterAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._title = text_label("", "base", "", "semibold")
        self._text = wrapped_label("", "small", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._glyph = Glyph("ph.folder-open", "text_muted", icon_size("empty"))
        self._add = KeyedButton("Add cases…", "ph.plus")
        self._open = KeyedButton("Open case…", "ph.image")
        self._clear = KeyedButton("Show all cases")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_48)
        column.setSpacing(SPACE_8)
        column.addStretch(1)
        for part in (self._glyph, self._title, self._text, self._add, self._open, self._clear):
            fill = part is self._text
            column.addWidget(
                part, 0, Qt.AlignmentFlag(0) if fill else Qt.AlignmentFlag.AlignHCenter
            )
        column.addStretch(2)
        self._add.clicked.connect(self.addCasesAsked)
        self._open.clicked.connect(self.openCaseAsked)
        self._clear.clicked.connect(self.clearFilterAsked)
        self.set_filtered(False)

    def set_filtered(self, filtered: bool) -> None:
        """Say that the filter hides all cases, or that there are none."""
        self._title.setText("No case fits the filter" if filtered else "No cases yet")
        self._text.setText(
            "" if filtered else "Drop CTs or folders here: NIfTI, DICOM, a KiTS data set."
        )
        self._text.setVisible(not filtered)
        self._add.setVisible(not filtered)
        self._open.setVisible(not filtered)
        self._clear.setVisible(filtered)
