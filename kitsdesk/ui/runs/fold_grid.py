"""The folds of a run as small pictures: a column for each fold, a row for each network."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QWidget

from kitsdesk.project.job_rows import RunTask
from kitsdesk.ui.parts.labels import section_label
from kitsdesk.ui.runs.fold_cell import FoldCell
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_12, SPACE_16

NAMES = {"preact": "pre-activation"}


class FoldGrid(QWidget):
    """`taskChosen(key)` at a click on a fold; all pictures share their scale of epochs."""

    taskChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[str, FoldCell] = {}
        self._heads: list[QWidget] = []
        self._shape: tuple[tuple[str, str, int], ...] = ()
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_16, SPACE_4, SPACE_16, SPACE_12)
        self._grid.setHorizontalSpacing(SPACE_8)
        self._grid.setVerticalSpacing(SPACE_4)

    def set_tasks(self, tasks: Sequence[RunTask]) -> None:
        """Show the folds among these tasks."""
        folds = [(task, task.curve) for task in tasks if task.curve is not None]
        shape = tuple((task.key, curve.architecture, curve.fold) for task, curve in folds)
        if shape != self._shape:
            self._shape = shape
            self._build(shape)
        for task, _curve in folds:
            self._cells[task.key].set_task(task)

    def select(self, key: str) -> None:
        """Mark one fold, or none."""
        for name, cell in self._cells.items():
            cell.setChecked(name == key)

    def rows(self) -> int:
        """Return how many networks there are."""
        return len({network for _key, network, _fold in self._shape})

    def cells(self) -> dict[str, FoldCell]:
        """Return the pictures by the keys of their tasks."""
        return self._cells

    def _build(self, shape: tuple[tuple[str, str, int], ...]) -> None:
        for widget in (*self._cells.values(), *self._heads):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cells, self._heads = {}, []
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        networks = list(dict.fromkeys(network for _key, network, _fold in shape))
        folds = sorted({fold for _key, _network, fold in shape})
        for place, network in enumerate(networks):
            if len(networks) > 1:
                head = section_label(NAMES.get(network, network))
                self._heads.append(head)
                self._grid.addWidget(head, 2 * place, 0, 1, max(1, len(folds)))
        for key, network, fold in shape:
            cell = FoldCell()
            cell.clicked.connect(lambda _on, key=key: self._clicked(key))
            self._group.addButton(cell)
            self._cells[key] = cell
            self._grid.addWidget(cell, 2 * networks.index(network) + 1, folds.index(fold))
            self._grid.setColumnStretch(folds.index(fold), 1)

    def _clicked(self, key: str) -> None:
        self.select(key)
        self.taskChosen.emit(key)
