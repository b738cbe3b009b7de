"""The tour: which step is shown, and what leads to the next one. It does nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.guide.tour_steps import STEPS, TourStep


class TourView(Protocol):
    """The card that points at a part of the window."""

    def show_step(self, step: TourStep, number: int, total: int) -> None:
        """Point at the step's spot; `number` counts from 1."""

    def close_tour(self) -> None:
        """Leave the window as it is without the card."""


class TourController(QObject):
    """`ended(finished)`: the last step was left by Next (True), or a person left before."""

    ended = pyqtSignal(bool)

    def __init__(self, view: TourView, steps: Sequence[TourStep] = STEPS) -> None:
        super().__init__()
        self._view, self._steps = view, tuple(steps)
        self._at = -1

    @property
    def step(self) -> TourStep | None:
        """Return the step shown, None while there is no tour."""
        return self._steps[self._at] if self._at >= 0 else None

    def start(self) -> None:
        """Begin with the first step; a tour under way begins again."""
        self._go(0)

    def next(self) -> None:
        """Go to the next step; behind the last one the tour is finished."""
        if self._at == len(self._steps) - 1:
            self._end(True)
        elif self._at >= 0:
            self._go(self._at + 1)

    def back(self) -> None:
        """Go one step back; on the first one stay."""
        if self._at > 0:
            self._go(self._at - 1)

    def leave(self) -> None:
        """End the tour here."""
        if self._at >= 0:
            self._end(False)

    def happened(self, what: str) -> None:
        """Go on where a person did what the step says; the last step waits for Next."""
        step = self.step
        if step is not None and what in step.done and self._at < len(self._steps) - 1:
            self.next()

    def _go(self, place: int) -> None:
        self._at = place
        self._view.show_step(self._steps[place], place + 1, len(self._steps))

    def _end(self, finished: bool) -> None:
        self._at = -1
        self._view.close_tour()
        self.ended.emit(finished)
