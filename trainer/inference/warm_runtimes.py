"""Folds' networks that stay ready within a budget of memory, the next one opened ahead."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait

from trainer.inference.fold_source import FoldSource
from trainer.inference.network_runtime import (
    CHECK_EVERY_S,
    Check,
    NetworkRuntime,
    RuntimeFacts,
    no_check,
)
from trainer.inference.open_runtime import open_runtime

# Small networks stay, all of them. Of full-size ones (248 MB) only the one in use and the next
# do: five in turn would push each other out, and to open one takes half a second beside one
# that computes for a minute.
WARM_BYTES = 200_000_000

_Key = tuple[str, ...]


class WarmRuntimes:
    """Never more than the one in use, the one announced, and what fits into `budget_bytes`.

    Its methods may be called from several threads.
    """

    def __init__(self, budget_bytes: int = WARM_BYTES) -> None:
        self._budget = budget_bytes
        self._opened: OrderedDict[_Key, Future[NetworkRuntime]] = OrderedDict()
        self._current: _Key | None = None
        self._lock = threading.Lock()
        self._opener = ThreadPoolExecutor(1, thread_name_prefix="next-network")
        self._facts: dict[RuntimeFacts, None] = {}

    def get(self, source: FoldSource, check: Check = no_check) -> NetworkRuntime:
        """Return the runtime of `source`, opened now or earlier; the one before it rests.

        `check` is called while it is waited for; what it raises ends the waiting alone.

        Raises
        ------
        ModelRefused : as `open_runtime`.
        """
        with self._lock:
            before = self._opened.get(self._current) if self._current else None
            changed = self._current != source.key
            self._current = source.key
        if changed and before is not None and before.done() and not before.exception():
            before.result().rest()
        future = self._future(source)
        while not wait([future], timeout=CHECK_EVERY_S).done:
            check()
        try:
            runtime = future.result()
        except BaseException:
            with self._lock:
                self._opened.pop(source.key, None)
            raise
        self._shrink(source.key)
        self._facts[runtime.facts] = None
        return runtime

    def expect(self, source: FoldSource) -> None:
        """Open the runtime of `source` in a thread, unless it is there; what goes wrong is
        told when it is got."""
        self._future(source)

    def has(self, source: FoldSource) -> bool:
        """Return whether the runtime of `source` is there, or being opened."""
        with self._lock:
            return source.key in self._opened

    def take_facts(self) -> list[RuntimeFacts]:
        """Return what has run since the last call, each kind once."""
        facts, self._facts = self._facts, {}
        return list(facts)

    def _future(self, source: FoldSource) -> Future[NetworkRuntime]:
        with self._lock:
            future = self._opened.get(source.key)
            if future is None:
                future = self._opener.submit(open_runtime, source)
                self._opened[source.key] = future
            self._opened.move_to_end(source.key)
            return future

    def _shrink(self, used: _Key) -> None:
        """Let those go that were used longest ago, until the others fit the budget."""
        with self._lock:
            ready = [
                (key, future.result().memory_bytes)
                for key, future in self._opened.items()
                if key != used and future.done() and not future.exception()
            ]
            total = sum(size for _, size in ready)
            for key, size in ready:
                if total <= self._budget:
                    return
                del self._opened[key]
                total -= size
