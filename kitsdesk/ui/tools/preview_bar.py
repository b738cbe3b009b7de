"""The bar of a preview that stands: what it would change, reject it, take it."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import wrapped_label
from kitsdesk.ui.spacing import SPACE_8

COMPUTING = "Computing the preview…"


class PreviewBar(QWidget):
    """`takeAsked()`, `rejectAsked()`; hidden while nothing is previewed."""

    takeAsked = pyqtSignal()
    rejectAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._words = wrapped_label("", "small")
        self.reject = KeyedButton("Reject", "", ActionId.TOOL_NAVIGATE, "quiet", "small")
        self.take = KeyedButton("Take", "ph.check", ActionId.TAKE_PREVIEW, "primary", "small")
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        row.addWidget(self.reject)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(self._words)
        column.addLayout(row)
        self.reject.clicked.connect(self.rejectAsked)
        self.take.clicked.connect(self.takeAsked)
        self.set_preview("", "none")

    def set_preview(self, text: str, state: str) -> None:
        """Show what would change; state is "none", "computing", "ready" or "nothing"."""
        self.setVisible(state != "none")
        self._words.setText(COMPUTING if state == "computing" else text)
        explain(self.take, state == "ready", "Nothing to take yet", "Make this edit (Enter)")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Take with Enter and reject with Esc, also while a button of the bar has the keys."""
        keys = {
            Qt.Key.Key_Return: self.takeAsked,
            Qt.Key.Key_Enter: self.takeAsked,
            Qt.Key.Key_Escape: self.rejectAsked,
        }
        asked = keys.get(Qt.Key(event.key())) if event is not None else None
        if asked is not None:
            asked.emit()
        else:
            super().keyPressEvent(event)

    def words(self) -> str:
        """Return what the bar says."""
        return self._words.text()
