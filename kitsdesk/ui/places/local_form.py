"""The GPUs of this computer: which of them a run may use."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from kitsdesk.project.place_facts import Gpu
from kitsdesk.ui.parts.marks import MarkButton
from trainer.contract.engine_plan import LocalOptions


class LocalForm(QWidget):
    """A tick for each GPU; nothing to choose where there is none. `changed()`."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._ticks: dict[str, MarkButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_gpus(self, gpus: Sequence[Gpu]) -> None:
        """Offer these GPUs; what was chosen before stays chosen."""
        if list(self._ticks) == [gpu.key for gpu in gpus]:
            for gpu in gpus:
                self._ticks[gpu.key].setText(f"GPU {gpu.words}")
            return
        chosen = {key: tick.isChecked() for key, tick in self._ticks.items()}
        for tick in self._ticks.values():
            tick.hide()
            tick.deleteLater()
        self._ticks = {}
        for gpu in gpus:
            tick = MarkButton(f"GPU {gpu.words}")
            tick.setChecked(chosen.get(gpu.key, True))
            tick.toggled.connect(lambda _on: self.changed.emit())
            self._ticks[gpu.key] = tick
            self._column.addWidget(tick)

    def options(self) -> LocalOptions:
        """Return the GPUs chosen; all that are free where none is listed."""
        chosen = tuple(key for key, tick in self._ticks.items() if tick.isChecked())
        return LocalOptions(gpus=chosen)

    def problem(self) -> str:
        """Return what is missing."""
        if self._ticks and not any(tick.isChecked() for tick in self._ticks.values()):
            return "Choose a GPU."
        return ""
