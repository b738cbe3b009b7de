"""One model of the project: to be ticked, to be checked."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.model_facts import ModelFacts
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.tick import Tick
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.spacing import SPACE_2, SPACE_10, SPACE_12

ICONS: dict[bool | None, tuple[str, str]] = {
    None: ("ph.clock", "text_muted"),
    True: ("ph.check-circle", "success"),
    False: ("ph.warning", "error"),
}
"""Icon and colour role of what a check found, None while it is under way."""


class ModelRow(QWidget):
    """`toggled()`, `verifyAsked()`. Name and state; below it what it is and where it is from."""

    toggled = pyqtSignal()
    verifyAsked = pyqtSignal()

    def __init__(self, model: ModelFacts) -> None:
        super().__init__()
        self.model = model
        self._tick = Tick(f"{model.name}: {network_words(model)}")
        self._tick.setChecked(model.in_use)
        self._verify = KeyedButton("Verify", kind="quiet", size="small")
        self._verify.setAccessibleName(f"Verify {model.name}")
        self._found = IconLabel("ph.clock", tone="muted")
        self._found.hide()
        self._lay_out()
        self._tick.toggled.connect(self.toggled)
        self._verify.clicked.connect(self.verifyAsked)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_12)
        head.addWidget(text_label(self.model.name, weight="semibold"))
        if self.model.in_use:
            head.addWidget(IconLabel("ph.check", "in use", role="accent", tone="accent"))
        head.addStretch(1)
        head.addWidget(self._verify)
        words = QVBoxLayout()
        words.setSpacing(SPACE_2)
        words.addLayout(head)
        words.addWidget(ElidedLabel(network_words(self.model)))
        words.addWidget(ElidedLabel(origin_words(self.model), "small", "muted"))
        words.addWidget(self._found)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, SPACE_10, 0, SPACE_10)
        across.setSpacing(SPACE_12)
        across.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)

    @property
    def ticked(self) -> bool:
        """Return whether the model is chosen."""
        return self._tick.isChecked()

    def set_ticked(self, on: bool) -> None:
        """Choose it or not."""
        self._tick.setChecked(on)

    def set_verified(self, words: str, sound: bool | None) -> None:
        """Say what a check of its files found, None = it is under way."""
        self._found.show_state(*ICONS[sound], words)
        self._found.show()
        self._verify.setEnabled(sound is not None)


def network_words(model: ModelFacts) -> str:
    """Return architecture, folds, structures and grid in a line."""
    z, y, x = (f"{length:.2f}" for length in model.spacing)
    folds = count_text(len(model.folds), "fold")
    numbers = f" ({', '.join(str(fold) for fold in model.folds)})" if model.folds else ""
    structures = ", ".join(model.structures)
    return f"{model.architecture} · {folds}{numbers} · {structures} · {z}×{y}×{x} mm"


def origin_words(model: ModelFacts) -> str:
    """Return where a model is from, when it was made and what it saw, in a line."""
    return f"{model.source} · made {model.created[:10]} · {model.saw}"
