"""What can be asked of a run, or of one of its tasks: the same buttons for both."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from kitsdesk.ui.parts.buttons import KeyedButton, Size
from kitsdesk.ui.spacing import SPACE_4

ASKED = (
    ("pause", "Pause", "ph.pause"),
    ("resume", "Resume", "ph.play"),
    ("requeue", "Requeue", "ph.arrow-clockwise"),
    ("cancel", "Cancel", "ph.x"),
)


class TaskBar(QWidget):
    """`asked(what)`, what: pause, resume, requeue, cancel, log."""

    asked = pyqtSignal(str)

    def __init__(self, size: Size = "normal", of: str = "run") -> None:
        super().__init__()
        self._buttons: dict[str, KeyedButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        for what, text, icon in (*ASKED, ("log", "Log", "ph.terminal-window")):
            kind = "quiet" if what in ("cancel", "log") else "plain"
            button = KeyedButton(
                text, icon, kind="quiet" if kind == "quiet" else "plain", size=size
            )
            button.setAccessibleName(f"{text} {of}")
            button.clicked.connect(lambda _on, what=what: self.asked.emit(what))
            self._buttons[what] = button
            row.addWidget(button)

    def offer(self, allowed: frozenset[str]) -> None:
        """Show what may be asked; the log always."""
        for what, button in self._buttons.items():
            button.setVisible(what in allowed or what == "log")

    def button(self, what: str) -> KeyedButton:
        """Return one button."""
        return self._buttons[what]
