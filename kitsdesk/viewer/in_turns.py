"""Work on the UI thread in slices, one per turn of the event loop, so that input is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PyQt6.QtCore import QObject, QTimer


class InTurns(QObject):
    """Runs one list of steps at a time; another list takes the place of what is left."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] | None = None
        self._then: Callable[[], None] = _nothing
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def active(self) -> bool:
        """Return whether steps are left."""
        return self._steps is not None

    def start(self, steps: Iterator[object], then: Callable[[], None] | None = None) -> None:
        """Do the first step now, the others one per turn, then `then`."""
        self._steps, self._then = steps, then or _nothing
        self._timer.start()
        self._go_on()

    def stop(self) -> None:
        """Forget what is left."""
        self._steps = None
        self._timer.stop()

    def _go_on(self) -> None:
        steps = self._steps
        if steps is None:
            self._timer.stop()
            return
        try:
            next(steps)
        except StopIteration:
            # What comes then may start other steps.
            if self._steps is steps:
                self.stop()
                self._then()


def _nothing() -> None:
    """Do nothing afterwards."""
