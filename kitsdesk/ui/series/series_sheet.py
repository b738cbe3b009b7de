"""A DICOM folder holds several CT volumes: which of them are cases?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.case_source import CaseSource
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import divider, section_label, text_label, wrapped_label
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.sheet_head import heading, sheet_head
from kitsdesk.ui.series.series_row import SeriesRow
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import EDGE, SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24

Chosen = Callable[[list[CaseSource]], None]
_PART = part_sizes("series_sheet")
_ROOM: int = _PART["room"]
_ROW: int = _PART["row"]


class SeriesSheet(Sheet):
    """Nothing is ticked at first: the program does not guess which phase is meant."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[SeriesRow] = []
        self._chosen: Chosen | None = None
        self._summary = text_label("", "base", "muted")
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(SPACE_24, SPACE_12, SPACE_24, SPACE_16)
        self._column.setSpacing(SPACE_4)
        self._go = KeyedButton("Open", kind="primary", size="large")
        self._go.clicked.connect(lambda: self._answer([r.source for r in self._rows if r.ticked]))
        self._lay_out()

    def _lay_out(self) -> None:
        title = heading("Choose series")
        head = sheet_head(title, self._summary, self.close_sheet, "Open none (Esc)")
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        foot.setSpacing(SPACE_16)
        note = "Each becomes a case of its own. The files stay where they are, unchanged."
        foot.addWidget(wrapped_label(note, "small", "muted"), 1)
        foot.addWidget(self._go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(divider())
        whole.addWidget(scrolled(self._body), 1)
        whole.addWidget(divider())
        whole.addLayout(foot)

    def sizeHint(self) -> QSize:
        """Return the sheet's size: as high as its rows, up to most of the window."""
        return QSize(_PART["width"], min(_PART["most_height"], _ROOM + _ROW * len(self._rows)))

    def ask(self, offered: Sequence[CaseSource], chosen: Chosen) -> None:
        """Offer volumes, grouped by folder; `chosen` is called once, with what was ticked."""
        self._answer([])
        self._chosen = chosen
        self._clear()
        by_folder = sorted(offered, key=lambda source: (str(source.image.parent), source.case))
        for _folder, sources in groupby(by_folder, key=lambda source: source.image.parent):
            self._add_group(list(sources))
        self._column.addStretch(1)
        volumes = "1 volume" if len(offered) == 1 else f"{len(offered)} CT volumes"
        self._summary.setText(f"{volumes} in DICOM folders that hold several")
        self._count()

    def close_sheet(self) -> None:
        """Closing opens none of them."""
        self._answer([])
        super().close_sheet()

    def _add_group(self, sources: list[CaseSource]) -> None:
        self._column.addSpacing(SPACE_8)
        self._column.addWidget(section_label(sources[0].case))
        for source in sources:
            row = SeriesRow(source)
            row.toggled.connect(self._count)
            self._rows.append(row)
            self._column.addWidget(row)

    def _clear(self) -> None:
        self._rows = []
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _count(self) -> None:
        ticked = sum(row.ticked for row in self._rows)
        self._go.setText("Open 1 series" if ticked == 1 else f"Open {ticked} series")
        self._go.setEnabled(ticked > 0)

    def _answer(self, wanted: list[CaseSource]) -> None:
        chosen, self._chosen = self._chosen, None
        if chosen is not None:
            self.hide()
            chosen(wanted)
