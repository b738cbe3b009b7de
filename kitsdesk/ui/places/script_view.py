"""A dry run: the scripts that would be written and the commands that would be called."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.fixed_font import use_fixed_font
from kitsdesk.ui.parts.labels import ElidedLabel, wrapped_label
from kitsdesk.ui.spacing import SPACE_8, SPACE_12, SPACE_24

COMMANDS = "commands, in order"


@dataclass(frozen=True)
class ShownText:
    """One text of the dry run."""

    name: str
    text: str


class ScriptView(QWidget):
    """`backAsked()`."""

    backAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._texts: tuple[ShownText, ...] = ()
        self._name = ElidedLabel("", "base")
        self._pick = DropButton("")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("log", "true")
        self.text.setAccessibleName("Script")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        use_fixed_font(self.text)
        self._note = wrapped_label("", "small", "muted")
        back = KeyedButton("Back", "ph.arrow-left", kind="quiet")
        copy = KeyedButton("Copy", "ph.copy")
        back.clicked.connect(self.backAsked)
        copy.clicked.connect(self._copy)
        head = QHBoxLayout()
        head.setSpacing(SPACE_8)
        head.addWidget(back)
        head.addWidget(self._pick)
        head.addWidget(self._name, 1)
        head.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_12, SPACE_24, SPACE_12)
        column.setSpacing(SPACE_8)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addWidget(self._note)

    def show_dry_run(
        self, scripts: Sequence[tuple[str, str]], commands: Sequence[Sequence[str]], note: str
    ) -> None:
        """Show (path, text) of each script, and the command lines behind them."""
        texts = [ShownText(path, text) for path, text in scripts]
        if commands:
            lines = "\n".join(shlex.join(words) for words in commands)
            texts.append(ShownText(COMMANDS, lines))
        self._texts = tuple(texts)
        self._note.setText(note)
        self._pick.clear_choices()
        for place, shown in enumerate(self._texts):
            action = self._pick.add_choice(_short(shown.name))
            action.triggered.connect(lambda _on, place=place: self._turn(place))
        self._pick.setVisible(len(self._texts) > 1)
        self._turn(0)

    def _turn(self, place: int) -> None:
        if not self._texts:
            return
        shown = self._texts[place]
        self._pick.setText(_short(shown.name))
        self._pick.check(_short(shown.name))
        self._pick.updateGeometry()
        self._name.setText("" if shown.name == COMMANDS else shown.name)
        self.text.setPlainText(shown.text)

    def _copy(self) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text.toPlainText())


def _short(name: str) -> str:
    return name if name == COMMANDS else name.rpartition("/")[2]
