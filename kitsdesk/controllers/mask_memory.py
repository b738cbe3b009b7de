"""Masks that were read lately or ahead: a file that has not changed is not read twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
_KEPT = 8


class MaskMemory:
    """Arrays by file and its state on disk; nobody writes into what it returns.

    Called from several worker threads.
    """

    def __init__(self) -> None:
        self._masks: OrderedDict[tuple[Path, int, int, int], Mask] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path, read: Callable[[], Mask]) -> Mask:
        """Return the mask of a file, by `read` where the file is new or has changed."""
        try:
            state = path.stat()
        except OSError:
            # Whoever reads knows what to say about a file that is gone.
            return read()
        key = (path, state.st_mtime_ns, state.st_size, state.st_ino)
        with self._lock:
            mask = self._masks.pop(key, None)
        if mask is None:
            mask = read()
        with self._lock:
            self._masks[key] = mask
            while len(self._masks) > _KEPT:
                self._masks.popitem(last=False)
        return mask
