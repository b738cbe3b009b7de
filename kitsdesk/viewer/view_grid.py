"""The places of the four canvases: two by two, one alone, or two of one plane side by side."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QGridLayout, QWidget

from kitsdesk.viewer import canvas_style as style

_PART = style.part("view_grid")
PLACES: dict[str, dict[str, tuple[int, int]]] = {
    "quad": {"axial": (0, 0), "coronal": (0, 1), "sagittal": (1, 0), "3d": (1, 1)},
    "axial": {"axial": (0, 0)},
    "coronal": {"coronal": (0, 0)},
    "sagittal": {"sagittal": (0, 0)},
    "3d": {"3d": (0, 0)},
    # The coronal canvas stands in as the second axial one.
    "side_by_side": {"axial": (0, 0), "coronal": (0, 1)},
}


class ViewGrid:
    """Shows and hides canvases in a grid; none is ever re-parented, which would lose its
    OpenGL state."""

    def __init__(self, parent: QWidget, canvases: Mapping[str, QWidget]) -> None:
        self._canvases = canvases
        self.name = ""
        self._grid = QGridLayout(parent)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(style.GAP_PX)
        palette = parent.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(style.GAP))
        parent.setPalette(palette)
        parent.setAutoFillBackground(True)
        for canvas in canvases.values():
            canvas.setMinimumSize(*_PART["least_canvas"])
        self.show("quad")

    def show(self, name: str) -> None:
        """Use one of the named layouts."""
        places = PLACES[name]
        self.name = name
        for key, canvas in self._canvases.items():
            if key not in places:
                canvas.hide()
        rows = {row for row, _ in places.values()}
        columns = {column for _, column in places.values()}
        for number in (0, 1):
            self._grid.setRowStretch(number, 1 if number in rows else 0)
            self._grid.setColumnStretch(number, 1 if number in columns else 0)
        for key, (row, column) in places.items():
            self._grid.addWidget(self._canvases[key], row, column)
            self._canvases[key].show()
