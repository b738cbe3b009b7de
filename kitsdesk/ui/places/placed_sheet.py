"""A sheet whose work runs at a place that a person chooses in it."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QStackedWidget, QWidget

from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.place_facts import DryRun, PlaceFacts
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.places.place_box import PlaceBox
from kitsdesk.ui.places.script_view import ScriptView
from kitsdesk.ui.side_tabs import scrolled


class PlacedSheet(Sheet):
    """Has the place looked at, and shows the script of a dry run in place of the choices.

    `placeChosen(EnginePlan)` and `placeAskedAgain(EnginePlan)` to have it looked at,
    `scriptAsked(wanted())`, `grown()`.
    """

    placeChosen = pyqtSignal(object)
    placeAskedAgain = pyqtSignal(object)
    scriptAsked = pyqtSignal(object)
    grown = pyqtSignal()

    def __init__(self, place: PlaceBox, here: QSize, elsewhere: QSize) -> None:
        """`here` is the sheet's size where this computer does the work; a cluster's options
        need more of it."""
        super().__init__()
        self.place = place
        self.script = ScriptView()
        self.stack = QStackedWidget()
        self._sizes = (here, elsewhere)
        place.changed.connect(self._place_changed)
        place.askedAgain.connect(lambda: self.placeAskedAgain.emit(place.plan()))
        place.scriptAsked.connect(lambda: self.scriptAsked.emit(self.wanted()))
        self.script.backAsked.connect(self.show_choices)

    def wanted(self) -> object:
        """Return what would be started now: the place, where nothing else is chosen."""
        return self.place.plan()

    def refresh(self) -> None:
        """Show what follows from the choices made."""

    def fill_stack(self, body: QWidget) -> QWidget:
        """Return the choices, in place of which a script can be shown."""
        self.stack.addWidget(scrolled(body))
        self.stack.addWidget(self.script)
        return self.stack

    def sizeHint(self) -> QSize:
        """Return the size that the chosen place needs."""
        here = self.place.engine() == "local" and not self.place.remote.isChecked()
        return self._sizes[0 if here else 1]

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer the cluster, the other queue and the SSH host of the settings."""
        self.place.set_defaults(defaults)
        self.refresh()

    def set_place(self, facts: PlaceFacts | None) -> None:
        """Show what the chosen place said of itself; None while it is asked."""
        self.place.set_facts(facts)
        self.refresh()

    def show_choices(self) -> None:
        """Show the choices, in place of a script."""
        self.stack.setCurrentIndex(0)

    def show_dry_run(self, shown: DryRun) -> None:
        """Show a script in place of the choices; Back leads to them again."""
        self.script.show_dry_run(shown.scripts, shown.commands, shown.note)
        self.stack.setCurrentIndex(1)

    def begin(self) -> None:
        """Show the choices with what was chosen before, and have the place looked at."""
        self.show_choices()
        self.refresh()
        self.placeChosen.emit(self.place.plan())

    def _place_changed(self) -> None:
        self.refresh()
        self.placeChosen.emit(self.place.plan())
        self.grown.emit()
