"""The window is on the screen at once; the libraries behind it load while it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent, QObject
from PyQt6.QtGui import QKeyEvent, QKeySequence

from kitsdesk.background.garbage_collector import GarbageCollector
from kitsdesk.background.settings import Settings
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.viewer.in_turns import InTurns
from kitsdesk.viewer.loading import LIBRARIES

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

LARGEST_AT_FIRST = (1600, 1000)
_ROOMS = (
    "scipy.ndimage",
    "scipy.stats",
    "pydicom",
    "kitsdesk.project.workspace",
    "kitsdesk.editing.shaping",
    "kitsdesk.controllers.review",
    *LIBRARIES,
    "kitsdesk.compose.desk",
    "kitsdesk.compose.window_desk",
)


def placed_window(settings: Settings) -> MainWindow:
    """Return the window, not shown yet, where it was left, or as large as the screen allows."""
    window = MainWindow()
    screen = window.screen()
    if screen is not None:
        room = screen.availableGeometry()
        width, height = LARGEST_AT_FIRST
        window.resize(min(width, room.width()), min(height, room.height()))
    if settings.geometry:
        window.restore_layout(settings.geometry)
    return window


class _QuitKey(QObject):
    """Closes a window that starts by the key that will close it later: it is disabled until
    then, and a disabled window hears none."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._keys = window.registry.action(ActionId.QUIT).shortcuts()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Close the window on the key, whoever of the program would get it."""
        if isinstance(event, QKeyEvent) and self._quits(event):
            self._window.close()
            return True
        return super().eventFilter(watched, event)

    def _quits(self, event: QKeyEvent) -> bool:
        pressed = event.type() == QEvent.Type.KeyPress
        return pressed and QKeySequence(event.keyCombination()) in self._keys


class Opening:
    """Shows the window, loads one library per turn of the event loop, then has the desk built.

    `host` is the desk once it is there. A window that is closed before stays closed.
    """

    def __init__(
        self,
        window: MainWindow,
        build: Callable[[MainWindow], WindowDesk],
        then: Callable[[WindowDesk], None],
    ) -> None:
        self.window = window
        self.host: WindowDesk | None = None
        self._build, self._then = build, then
        self._turns = InTurns()
        self._quit = _QuitKey(window)

    def start(self) -> None:
        """Show the window and begin."""
        self.window.centre.empty.show_starting()
        # Nothing hears a command yet.
        self.window.setEnabled(False)
        _application().installEventFilter(self._quit)
        self.window.show()
        self._turns.start(self._load(), self._opened)

    def _load(self) -> Iterator[None]:
        # The first turn paints the window.
        yield
        for name in _ROOMS:
            if not self.window.isVisible():
                return
            import_module(name)
            yield
        if self.window.isVisible():
            self.host = self._build(self.window)

    def _opened(self) -> None:
        _application().removeEventFilter(self._quit)
        # Nothing was built where the window was closed, or something failed and was told.
        if self.host is None:
            return
        GarbageCollector(self.window)
        self.window.centre.empty.show_start()
        self.window.setEnabled(True)
        self._then(self.host)


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application
