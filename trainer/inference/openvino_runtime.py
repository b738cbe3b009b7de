"""A fold's network compiled for the CPU by OpenVINO."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trainer.contract.errors import KitsDeskError
from trainer.inference.accurate_norms import sum_norms_in_stages
from trainer.inference.mapped_file import forget_mapped
from trainer.inference.network_runtime import (
    CHECK_EVERY_S,
    Check,
    Precision,
    RuntimeFacts,
    no_check,
)
from trainer.inference.openvino_door import openvino, openvino_core

# Where nothing was measured.
_SIDE_BY_SIDE = 2
# Voxels of a tile that takes seconds; a smaller one is through before it is compiled again.
_LARGE_TILE = 1_000_000


class CompilationRefused(KitsDeskError):
    """OpenVINO does not compile a network."""


class OpenVinoRuntime:
    """Runs tiles of one fixed size on the CPU, some side by side; of a saved network with
    large tiles a single one on all threads.

    Two side by side on half of the threads each were faster than one on all with AVX-512
    (2.85 s against 3.07 s a tile, 80x160x160, full-size residual network, two cores). A tile
    that comes alone would leave half of the threads idle.
    """

    def __init__(
        self,
        network: Path | Any,
        weight_bytes: int,
        precision: Precision,
        reason: str = "",
        *,
        tiles: int = _SIDE_BY_SIDE,
        threads: int = 0,
    ) -> None:
        """Compile `network`: the .xml of a saved one, or OpenVINO's model itself, for so many
        `tiles` side by side on `threads` threads together, 0 = as many as torch has.

        Raises
        ------
        CompilationRefused : with OpenVINO's reason.
        """
        threads = threads or torch.get_num_threads()
        streams = min(tiles, threads)
        self._network = network if isinstance(network, Path) else None
        self._threads = threads
        self._facts = RuntimeFacts("openvino", precision, "cpu", streams, reason)
        self._streams = self._opened(network, streams)
        self._alone: _Streams | None = None
        self._weight_bytes = weight_bytes
        self._results = torch.empty(streams, *self._streams.output_shape[1:])

    @property
    def facts(self) -> RuntimeFacts:
        """Return what runs."""
        return self._facts

    @property
    def memory_bytes(self) -> int:
        """Return the size of the weights, which OpenVINO keeps in its own order, once for
        tiles side by side and once more where one has come alone."""
        return self._weight_bytes * (1 if self._alone is None else 2)

    def logits(self, tiles: Tensor, check: Check = no_check) -> Tensor:
        """Run the tiles side by side; see `NetworkRuntime.logits`. The result is overwritten
        by the next call."""
        number = len(tiles)
        requests = self._for(number).requests[:number]
        for request, tile, place in zip(requests, tiles, self._results[:number], strict=True):
            request.set_input_tensor(_shared(tile[None].contiguous()))
            request.set_output_tensor(_shared(place[None]))
            request.start_async()
        try:
            for request in requests:
                while not request.wait_for(math.ceil(1000 * CHECK_EVERY_S)):
                    check()
        except BaseException:
            # The computation ends between two layers, the longest of which takes half a second.
            for request in requests:
                request.cancel()
            for request in requests:
                _wait_for_the_end(request)
            raise
        return self._results[:number]

    def rest(self) -> None:
        """Give the memory of the layers' results back."""
        self._streams.rest()
        if self._alone is not None:
            self._alone.rest()

    def _for(self, number: int) -> _Streams:
        """Return what so many tiles run in, after the other has given its memory back."""
        if number > 1 or not self._worth_compiling_again():
            if self._alone is not None:
                self._alone.rest()
            return self._streams
        self._streams.rest()
        try:
            self._alone = self._alone or self._opened(self._network, 1)
        except CompilationRefused:
            # The saved network is gone, or there is no memory for two: slower, the same.
            return self._streams
        return self._alone

    def _worth_compiling_again(self) -> bool:
        # A network that is not saved would have to be held here in OpenVINO's two forms.
        large = math.prod(self._streams.output_shape[2:]) >= _LARGE_TILE
        return large and len(self._streams.requests) > 1 and self._network is not None

    def _opened(self, network: Path | Any, number: int) -> _Streams:
        """Raises CompilationRefused."""
        try:
            streams = _Streams(network, self._facts.precision, self._threads, number)
        except RuntimeError as error:
            line = str(error).strip().splitlines()[-1]
            raise CompilationRefused(f"OpenVINO does not compile the network: {line}") from error
        if isinstance(network, Path):
            # It holds the weights in its own order now.
            forget_mapped(network.with_suffix(".bin"))
        return streams


class _Streams:
    """A network compiled for a number of tiles side by side."""

    def __init__(
        self, network: Path | Any, precision: Precision, threads: int, number: int
    ) -> None:
        self._compiled = _compiled(network, precision, threads, number)
        self.requests = [self._compiled.create_infer_request() for _ in range(number)]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Return the shape of one tile's logits."""
        return tuple(self._compiled.output(0).shape)

    def rest(self) -> None:
        """Give the memory of the layers' results back."""
        self._compiled.release_memory()


def _compiled(network: Path | Any, precision: Precision, threads: int, streams: int) -> Any:
    """Return the network compiled for so many tiles side by side."""
    source = openvino_core().read_model(network) if isinstance(network, Path) else network
    if precision == "f32":
        sum_norms_in_stages(source)
    options = {
        # Without the hint a CPU that has bf16 would use it for a float32 network.
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        "EXECUTION_MODE_HINT": "PERFORMANCE" if precision == "bf16" else "ACCURACY",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": streams,
    }
    return openvino_core().compile_model(source, "CPU", options)


def _shared(array: Tensor) -> Any:
    """Return the same memory as OpenVINO's tensor; it keeps the array alive."""
    return openvino().Tensor(array.numpy(), shared_memory=True)


def _wait_for_the_end(request: Any) -> None:
    try:
        request.wait()
    except RuntimeError:
        # A cancelled request ends with an error of its own.
        return
