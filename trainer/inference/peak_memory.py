"""How much memory this process takes while something runs."""

from __future__ import annotations

import threading
from types import TracebackType

import psutil

_LOOK_EVERY_S = 0.02


def memory_now_gb() -> float:
    """Return the resident memory of this process in 1e9 bytes."""
    return float(psutil.Process().memory_info().rss) / 1e9


class PeakMemory:
    """Watches the resident memory while the block runs; `peak_gb` is the most that was seen."""

    def __init__(self) -> None:
        self.peak_gb = 0.0
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while True:
            self.peak_gb = max(self.peak_gb, memory_now_gb())
            if self._ended.wait(_LOOK_EVERY_S):
                return
