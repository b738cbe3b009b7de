"""Tools, Import nnU-Net model…: the folder is asked for, the controller does the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog, QWidget

from kitsdesk.compose.path_questions import ask_folder
from kitsdesk.controllers.guest_import import GuestImport

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.ui.main_window import MainWindow


class GuestDoor:
    """The window's way to import a model of nnU-Net v2's."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        self._window = window
        self.guests = GuestImport(
            desk.session, desk.pool, window, lambda chosen: _ask_splits(window, chosen)
        )

    def open(self) -> None:
        """Ask for the trained-model folder and import it."""
        ask_folder(self._window, "Import an nnU-Net model", self.guests.begin)


def _ask_splits(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    file, _kind = QFileDialog.getOpenFileName(
        parent, "The splits it was trained with", "", "Splits (splits_final.json *.json)"
    )
    if file:
        chosen(Path(file))
