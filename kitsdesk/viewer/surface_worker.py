"""Meshes made in a thread of the pool; only the newest request's result is handed over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QRunnable, QThreadPool, QTimer, pyqtSignal

from kitsdesk.viewer.scene import Triple
from kitsdesk.viewer.surface_meshes import structure_meshes

SETTLE_MS = 350


class _Requests:
    """What the thread asks: the number of the newest request."""

    def __init__(self) -> None:
        self.newest = 0


class _Mailbox(QObject):
    """Carries meshes to the thread that made it. A running thread holds it too, so that it is
    there when the worker is gone."""

    made = pyqtSignal(int, object)


class SurfaceWorker(QObject):
    """Asks for meshes a moment after the last change and drops what is out of date.

    The mask is copied by the worker's thread, as its first step. A stroke during that copy
    may leave a torn picture, but the stroke itself asks for the next one.
    """

    ready = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._requests = _Requests()
        self._running = 0
        self._wanted: tuple[NDArray[np.uint8], Triple] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._start)
        self._mailbox = _Mailbox()
        self._mailbox.made.connect(self._hand_over)
        # No child of this object: Qt would wait for its thread while Python's lock is held, and
        # the thread for the lock.
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)

    @property
    def busy(self) -> bool:
        """Return whether a result is still to come."""
        return self._timer.isActive() or self._running > 0

    def request(
        self, mask: NDArray[np.uint8] | None, spacing: Triple, wait_ms: int = SETTLE_MS
    ) -> None:
        """Ask for the meshes of a mask; every earlier request is dropped."""
        self._requests.newest += 1
        self._wanted = None if mask is None else (mask, spacing)
        if mask is None:
            self._timer.stop()
            self.ready.emit({})
        else:
            self._timer.start(wait_ms)

    def drop(self) -> None:
        """Forget every request."""
        self._requests.newest += 1
        self._timer.stop()

    def stop(self) -> None:
        """Drop every request and wait for the thread to end."""
        self.drop()
        self._pool.waitForDone()

    def _start(self) -> None:
        if self._wanted is None:
            return
        mask, spacing = self._wanted
        self._running += 1
        self._pool.start(_MeshTask(self._requests, self._mailbox, mask, spacing))

    def _hand_over(self, number: int, meshes: object) -> None:
        self._running -= 1
        if number == self._requests.newest:
            self.ready.emit(meshes)


class _MeshTask(QRunnable):
    def __init__(
        self, requests: _Requests, mailbox: _Mailbox, mask: NDArray[np.uint8], spacing: Triple
    ) -> None:
        super().__init__()
        self._number = requests.newest
        self._requests, self._mailbox = requests, mailbox
        self._mask, self._spacing = mask, spacing

    def run(self) -> None:
        meshes = {}
        if not self._overtaken():
            meshes = structure_meshes(self._mask.copy(), self._spacing, cancelled=self._overtaken)
        self._mailbox.made.emit(self._number, meshes)

    def _overtaken(self) -> bool:
        return self._number != self._requests.newest
