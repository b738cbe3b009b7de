"""Python's garbage collection on the window's thread only."""

from __future__ import annotations

import gc

from PyQt6.QtCore import QObject, QTimer

EVERY_MS = 200


class GarbageCollector(QObject):
    """Collects in place of Python, in turns of the event loop.

    Python itself collects on whichever thread happens to allocate. On a thread that loads a
    case it would destroy Qt's objects there while the window's thread uses them: a crash now
    and then, far from its cause.

    What is there when it begins, libraries and window, stays to the end and is spared: with it,
    one collection stops the window for half a second.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if gc.isenabled():
            gc.disable()
            self.destroyed.connect(_leave_it_to_python)
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(collect_what_is_due)
        self._timer.start(EVERY_MS)


def collect_what_is_due() -> None:
    """Collect the oldest generation that is due by Python's own thresholds, if any."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, limit) in enumerate(counts) if count > limit]
    if due:
        gc.collect(due[-1])


def _leave_it_to_python() -> None:
    gc.unfreeze()
    gc.enable()
