"""Waiting as the program's own event loop waits: asleep while there is nothing to do.

A loop that asks for events without end takes the interpreter away from the worker threads
and measures itself.
"""

from __future__ import annotations

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

WAKE_MS = 2


def idle_turn() -> None:
    """Deliver what is there, asleep for 2 ms at most until something is."""
    wake = QTimer()
    wake.setSingleShot(True)
    wake.start(WAKE_MS)
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
