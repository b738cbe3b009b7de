"""Tools, Models… in the window: the sheet, and what its buttons ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitsdesk.compose.path_questions import ask_folder
from kitsdesk.controllers.choosing_models import ModelsController
from kitsdesk.project.model_facts import ShelfFacts
from kitsdesk.ui.models.models_sheet import ModelsSheet

if TYPE_CHECKING:
    from kitsdesk.compose.desk import Desk
    from kitsdesk.compose.guest_door import GuestDoor
    from kitsdesk.ui.main_window import MainWindow


class FloatingModels(ModelsSheet):
    """The sheet, floating over the centre."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window

    def show_models(self, facts: ShelfFacts) -> None:
        """Fill and open."""
        super().show_models(facts)
        self._window.centre.show_sheet(self)


class ModelsDesk:
    """Builds the sheet and its controller."""

    def __init__(self, window: MainWindow, desk: Desk, guests: GuestDoor) -> None:
        self._window, self._desk = window, desk
        self.sheet = FloatingModels(window)
        self.models = ModelsController(
            desk.session, desk.pool, desk.training.use_models, self.sheet, window
        )
        self.sheet.chosen.connect(self.models.weigh)
        self.sheet.useAsked.connect(self.models.use)
        self.sheet.verifyAsked.connect(self.models.verify)
        self.sheet.addAsked.connect(self.add)
        self.sheet.importAsked.connect(guests.open)
        self.sheet.rollBackAsked.connect(desk.training.roll_back)

    def add(self) -> None:
        """Ask for a model's folder and copy it into the project; the first one is used."""
        ask_folder(self._window, "Add a model", self._install)

    def _install(self, folder: Path) -> None:
        first = not self._desk.session.models.in_use()
        self._desk.project.install_model(folder, folder.name, use=first)
