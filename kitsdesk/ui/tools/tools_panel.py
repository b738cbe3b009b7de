"""The Tools tab: structures, palette, the tool's options, gates and the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from kitsdesk.editing.gates import Gates
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.fitting_stack import FittingStack
from kitsdesk.ui.parts.labels import divider
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_12, SPACE_16
from kitsdesk.ui.tools.gates_form import GatesForm
from kitsdesk.ui.tools.history_list import HistoryList
from kitsdesk.ui.tools.palette import Palette
from kitsdesk.ui.tools.preview_bar import PreviewBar
from kitsdesk.ui.tools.structure_buttons import StructureRow
from kitsdesk.ui.tools.tool_options import BrushOptions, OperationOptions, options_for
from kitsdesk.ui.tools.tool_records import BY_NAME, TOOLS


class ToolsPanel(QWidget):
    """Signals: `toolChosen(name)`, `structureChosen(value)`, `lockToggled(value, on)`,
    `sizeChanged(mm)`, `shapeChanged("disc"|"ball")`, `gatesChanged(Gates with locks)`,
    `operationAsked(tool, parameters)`, `previewAsked(tool, parameters)`, `takeAsked()`,
    `rejectAsked()`, `parametersChanged(tool, parameters)`, `undoAsked()`, `redoAsked()`,
    `positionChosen(int)`."""

    toolChosen = pyqtSignal(str)
    structureChosen = pyqtSignal(int)
    lockToggled = pyqtSignal(int, bool)
    sizeChanged = pyqtSignal(float)
    shapeChanged = pyqtSignal(str)
    gatesChanged = pyqtSignal(object)
    operationAsked = pyqtSignal(str, dict)
    previewAsked = pyqtSignal(str, dict)
    takeAsked = pyqtSignal()
    rejectAsked = pyqtSignal()
    parametersChanged = pyqtSignal(str, dict)
    undoAsked = pyqtSignal()
    redoAsked = pyqtSignal()
    positionChosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._structures = StructureRow()
        self._palette = Palette()
        self._brush = BrushOptions()
        self._options: dict[str, OperationOptions] = {}
        self._stack = FittingStack()
        self._stack.addWidget(self._brush)
        for record in TOOLS:
            if record.kind != "stroke":
                self._options[record.tool] = options_for(record.tool)
                self._stack.addWidget(self._options[record.tool])
        self._preview = PreviewBar()
        self._gates = GatesForm()
        self._history = HistoryList()
        self._lay_out()
        self._connect()
        self.set_tool("navigate")

    def _lay_out(self) -> None:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for parts in (
            (self._structures, self._palette),
            (self._stack, self._preview),
            (self._gates,),
        ):
            block = QVBoxLayout()
            block.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
            block.setSpacing(SPACE_12)
            for part in parts:
                block.addWidget(part)
            column.addLayout(block)
            column.addWidget(divider())
        column.addWidget(self._history, 1)
        self._history.setMinimumHeight(part_sizes("tools_panel")["history_least"])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(upper))

    def _connect(self) -> None:
        self._structures.structureChosen.connect(self.structureChosen)
        self._structures.lockToggled.connect(self._locked)
        self._palette.toolChosen.connect(self._chosen)
        self._brush.sizeChanged.connect(self.sizeChanged)
        self._brush.shapeChanged.connect(self.shapeChanged)
        self._gates.gatesChanged.connect(lambda _gates: self.gatesChanged.emit(self.gates()))
        for options in self._options.values():
            options.applied.connect(self.operationAsked)
            options.changed.connect(self.parametersChanged)
            options.previewAsked.connect(self.previewAsked)
        self._preview.takeAsked.connect(self.takeAsked)
        self._preview.rejectAsked.connect(self.rejectAsked)
        self._history.undoAsked.connect(self.undoAsked)
        self._history.redoAsked.connect(self.redoAsked)
        self._history.positionChosen.connect(self.positionChosen)

    def _chosen(self, tool: str) -> None:
        self.set_tool(tool)
        self.toolChosen.emit(tool)

    def _locked(self, structure: int, locked: bool) -> None:
        self.lockToggled.emit(structure, locked)
        self.gatesChanged.emit(self.gates())

    def set_tools(self, tools: Sequence[str]) -> None:
        """Offer only these tools (names as in product.md: navigate, brush, eraser, lasso,
        fill, grow, interpolate, threshold, islands, smooth, margin, fill_holes,
        take_prediction, ruler, diameter, ellipse)."""
        self._palette.set_tools(tools)

    def set_writable(self, writable: bool, why: str) -> None:
        """Offer the tools that change the mask, or disable them and say why."""
        self._palette.set_writable(writable, why)

    def spots(self) -> dict[str, QWidget]:
        """Return the parts that the tour points at."""
        return {"palette": self._palette, "history": self._history}

    def set_tool(self, tool: str) -> None:
        """Mark the tool in use and show its options."""
        self._palette.set_tool(tool)
        record = BY_NAME[tool]
        if record.kind == "stroke":
            self._brush.set_title(record.title)
            self._stack.setCurrentWidget(self._brush)
        else:
            self._stack.setCurrentWidget(self._options[tool])

    def set_structures(self, values: Sequence[int]) -> None:
        """Offer only these structures, such as (0, 1, 2) for KiTS19."""
        self._structures.set_structures(values)
        self._gates.set_structures(values)

    def set_structure(self, structure: int) -> None:
        """Mark the structure that tools paint."""
        self._structures.set_structure(structure)

    def set_locked(self, structure: int, locked: bool) -> None:
        """Show whether a structure is locked."""
        self._structures.set_locked(structure, locked)

    def set_brush(self, diameter_mm: float, shape: str) -> None:
        """Show the brush's size and shape."""
        self._brush.set_brush(diameter_mm, shape)

    def set_number(self, tool: str, key: str, value: float) -> None:
        """Show a number of a tool's options."""
        self._options[tool].set_number(key, value)

    def set_gates(self, gates: Gates) -> None:
        """Show the gates, with the locks."""
        self._gates.set_gates(gates)
        for structure in (1, 2, 3):
            self._structures.set_locked(structure, structure in gates.locked)

    def gates(self) -> Gates:
        """Return the gates as set, with the locks."""
        return replace(self._gates.gates(), locked=self._structures.locked())

    def set_members(self, folds: int) -> None:
        """Say how many folds can vote (0 or 1: the vote gate is not shown)."""
        self._gates.set_members(folds)

    def set_histogram(self, counts: NDArray[Any], low: float, high: float) -> None:
        """Show how often each HU occurs between low and high."""
        self._gates.set_histogram(counts, low, high)

    def set_preview(self, text: str, state: str) -> None:
        """Show what a preview would change; state: none, computing, ready, nothing."""
        self._preview.set_preview(text, state)
        for options in self._options.values():
            options.set_previewing(state != "none")

    def set_history(
        self, names: Sequence[tuple[str, int | None]], position: int, dropped: int = 0
    ) -> None:
        """Show the edits, oldest first: (name, revision saved after it), how many count, and
        how many older ones can no longer be undone."""
        self._history.set_history(names, position, dropped)
