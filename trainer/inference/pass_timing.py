"""One pass of one network, timed and weighed."""

from __future__ import annotations

import time
from math import ceil
from types import TracebackType

from torch import Tensor

from trainer.inference.loaded_model import LoadedModel
from trainer.inference.network_runtime import RuntimeFacts
from trainer.inference.peak_memory import PeakMemory, memory_now_gb
from trainer.inference.speed_notes import PassNotes


class PassTiming:
    """Begins before the network is opened; the block is the pass itself."""

    def __init__(self, model: LoadedModel, fold: int, *, half: bool) -> None:
        self._model = model
        self._half = half
        self._fresh = not model.is_open(fold, half=half)
        self._before_gb = memory_now_gb()
        self._begun = time.perf_counter()
        self._open_s = 0.0
        self._pass_s = 0.0
        self._peak: PeakMemory | None = None

    def opened(self) -> None:
        """Say that the network is there."""
        self._open_s = time.perf_counter() - self._begun

    def __enter__(self) -> PassTiming:
        self._begun = time.perf_counter()
        if self._fresh:
            self._peak = PeakMemory().__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pass_s = time.perf_counter() - self._begun
        if self._peak is not None:
            self._peak.__exit__(kind, error, trace)

    def note(
        self, notes: PassNotes, facts: RuntimeFacts, tiles: int, values: Tensor, *, beside: int
    ) -> None:
        """Add the pass to `notes`; `values` (channels, z, y, x) is what it made of `tiles`, and
        `beside` are the bytes of a network that was opened meanwhile."""
        sums_gb = values.nbytes / 1e9 * (len(values) + 2) / len(values)
        on_cpu = values.device.type == "cpu"
        grown = self._peak.peak_gb - self._before_gb if self._peak is not None else 0.0
        notes.add(
            self._model,
            facts,
            half=self._half,
            batch_s=self._pass_s / max(ceil(tiles / facts.batch), 1),
            open_s=self._open_s if self._fresh else None,
            memory_gb=grown - beside / 1e9 - (sums_gb if on_cpu else 0.0),
        )
