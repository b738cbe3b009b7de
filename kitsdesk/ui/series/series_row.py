"""One CT volume of a DICOM folder, to be ticked."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.case_source import CaseSource
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.tick import Tick
from kitsdesk.ui.spacing import SPACE_4, SPACE_8


class SeriesRow(QWidget):
    """`toggled()`. Head: phase or number; below it size, spacing and what is odd about it."""

    toggled = pyqtSignal()

    def __init__(self, source: CaseSource) -> None:
        super().__init__()
        self.source = source
        record = source.volume
        assert record is not None, "only one of several volumes is offered"
        head = record.phase[:1].upper() + record.phase[1:] or "Phase not named"
        self._tick = Tick(f"{head}: {record.description}")
        self._tick.toggled.connect(self.toggled)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(head, weight="medium"))
        words.addWidget(ElidedLabel(record.description, "small", "muted"))
        if record.notes:
            words.addWidget(ElidedLabel("; ".join(record.notes), "small", "warning"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE_4, 0, SPACE_4)
        row.setSpacing(SPACE_8)
        row.addWidget(self._tick)
        row.addLayout(words, 1)

    @property
    def ticked(self) -> bool:
        """Return whether it is to become a case."""
        return self._tick.isChecked()

    def set_ticked(self, on: bool) -> None:
        """Tick it or not."""
        self._tick.setChecked(on)

    def mousePressEvent(self, event: object) -> None:
        """A click anywhere in the row ticks it."""
        self._tick.toggle()
