"""A fold's network run by torch itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from trainer.inference.network_runtime import (
    CHECK_EVERY_S,
    Check,
    Precision,
    RuntimeFacts,
    no_check,
)

_GPU_BATCH = 4
_WARM_UPS = 3
# torch's CPU kernels fall back to one that is five times slower for a single small map.
_CPU_BATCH = 2
_PRECISIONS: dict[Precision, torch.dtype] = {"fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Arrangement:
    """`channels_last`: the memory format; `graph`: the layers are started as one CUDA graph."""

    channels_last: bool = False
    graph: bool = False


EAGER = Arrangement()


class TorchRuntime:
    """Eager torch on a CPU, the fallback there; on a GPU arranged as it is fastest.

    float32 is float32: the ten bits of TF32, torch's way on newer GPUs, are kept out of it.
    """

    def __init__(
        self,
        network: nn.Module,
        device: torch.device,
        precision: Precision = "f32",
        *,
        arrangement: Arrangement = EAGER,
        reason: str = "",
    ) -> None:
        batch = _CPU_BATCH if device.type == "cpu" else _GPU_BATCH
        self._network = network.to(device=device, dtype=torch.float32).eval()
        self._format = torch.contiguous_format
        if arrangement.channels_last:
            self._format = torch.channels_last_3d
            _lay_channels_last(self._network)
        self._graphed = arrangement.graph
        self._graph: _Graph | None = None
        self._autocast = _PRECISIONS.get(precision)
        self._facts = RuntimeFacts("torch", precision, str(device), batch, reason)
        self._device = device
        self._watch = _Watch()
        for module in self._network.modules():
            if not any(module.children()):
                module.register_forward_pre_hook(self._watch)

    @property
    def facts(self) -> RuntimeFacts:
        """Return what runs."""
        return self._facts

    @property
    def memory_bytes(self) -> int:
        """Return the size of the weights."""
        return sum(each.numel() * each.element_size() for each in self._network.parameters())

    @torch.inference_mode()
    def logits(self, tiles: Tensor, check: Check = no_check) -> Tensor:
        """Run the tiles as one batch; see `NetworkRuntime.logits`."""
        number = len(tiles)
        if number == 1 and self._device.type == "cpu":
            tiles = tiles.expand(_CPU_BATCH, -1, -1, -1, -1).contiguous()
        with self._watch.calling(check):
            logits = self._run(tiles)[:number]
            if self._autocast is not None and not bool(logits.isfinite().all()):
                # fp16 ends at 65504; what is beyond is computed again.
                logits = self._forward(tiles, None)[:number]
        return logits

    def _run(self, tiles: Tensor) -> Tensor:
        if not self._graphed:
            return self._forward(tiles, self._autocast)
        if self._graph is None:
            batch = self._facts.batch
            shape = (batch, *tiles.shape[1:])
            self._graph = _Graph(lambda each: self._forward(each, self._autocast), shape, tiles)
        return self._graph.run(tiles)

    def _forward(self, tiles: Tensor, precision: torch.dtype | None) -> Tensor:
        tiles = tiles.contiguous(memory_format=self._format)
        strict = torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False)
        with strict, torch.autocast(self._device.type, precision, enabled=precision is not None):
            logits: Tensor = self._network(tiles)
        return logits.float()

    def rest(self) -> None:
        """Give unused memory of a GPU back; a CPU's is torch's at once."""
        self._graph = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _lay_channels_last(network: Any) -> None:
    network.to(memory_format=torch.channels_last_3d)


class _Graph:
    """One computation of one shape, recorded on a GPU and played back."""

    def __init__(
        self, compute: Callable[[Tensor], Tensor], shape: tuple[int, ...], like: Tensor
    ) -> None:
        self._tiles = torch.zeros(shape, device=like.device)
        side = torch.cuda.Stream(like.device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(like.device))
        with torch.cuda.stream(side):
            for _ in range(_WARM_UPS):
                compute(self._tiles)
        torch.cuda.current_stream(like.device).wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._result = compute(self._tiles)

    def run(self, tiles: Tensor) -> Tensor:
        """Return the result, which the next run overwrites."""
        self._tiles[: len(tiles)].copy_(tiles)
        self._graph.replay()
        return self._result


class _Watch:
    """Lets a check look in between two layers."""

    def __init__(self) -> None:
        self._check: Check = no_check
        self._last = 0.0

    def calling(self, check: Check) -> _Watch:
        """Look in on `check` from now on, until the block ends."""
        self._check, self._last = check, time.monotonic()
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        self._check = no_check

    def __call__(self, module: nn.Module, inputs: Any) -> None:
        now = time.monotonic()
        if now - self._last >= CHECK_EVERY_S:
            self._last = now
            self._check()
