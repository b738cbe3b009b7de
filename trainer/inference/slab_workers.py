"""Slabs of a volume worked at side by side, a core each.

Small operations that torch spreads over its threads wait for each other more than they compute:
two cores took longer for a mask than one. A thread for each slab has no such waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Slab = TypeVar("Slab")

_making = threading.Lock()
_made: dict[int, ThreadPoolExecutor] = {}


def each_slab(work: Callable[[Slab], None], slabs: Iterable[Slab], device: torch.device) -> None:
    """Call `work` for every slab, on a CPU as many at once as torch has threads; one that
    fails ends the rest. `work` writes nothing that another slab's does."""
    threads = torch.get_num_threads() if device.type == "cpu" else 1
    if threads == 1:
        for slab in slabs:
            work(slab)
        return
    for _ in _workers(threads).map(work, slabs):
        pass


def _workers(threads: int) -> ThreadPoolExecutor:
    with _making:
        if threads not in _made:
            _made[threads] = _started(threads)
        return _made[threads]


def _started(threads: int) -> ThreadPoolExecutor:
    """Return a pool whose threads all run and compute on one core each."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="slab")
    there = threading.Barrier(threads + 1)

    def begin() -> None:
        torch.set_num_threads(1)
        there.wait()

    for _ in range(threads):
        pool.submit(begin)
    there.wait()
    # What a thread sets is also the default of threads that are yet to come.
    torch.set_num_threads(threads)
    return pool
